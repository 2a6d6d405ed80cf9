import { nginxConfs } from "../facts/nginxConf";
import { nginxContainers } from "../facts/nginxContainers";
import { hasConfig, mountedNginxConfs } from "../facts/nginxMounts";
import type { Rule, Subject, Violation } from "../rule";

function unreadable(subject: Subject): Violation[] {
    return nginxConfs(subject).flatMap(({ problems }) => problems);
}

function unreadableMounted(subject: Subject, stack: readonly Subject[]): Violation[] {
    return mountedNginxConfs(subject, stack).flatMap(({ problems }) => problems);
}

/** An nginx without a configuration of ours runs with its image's, which listens in plaintext. */
function containersWithout(subject: Subject, stack: readonly Subject[]): Violation[] {
    if (subject.partial) return [];
    return nginxContainers(subject)
        .filter((container) => !hasConfig(container, subject, stack))
        .map(({ at, image, confPath }) => ({
            at,
            got: `${image || "nginx"} without a configuration from a ConfigMap or a Secret of this stack`,
            wanted: `a ConfigMap of this stack mounted at ${confPath}`,
        }));
}

export const nginxRequireKnownConfig: Rule = {
    name: "nginx-require-known-config",
    severity: "critical",
    why: "An nginx is judged by its configuration. One that runs without any that can be read, or includes files from elsewhere, cannot be judged and does not pass.",
    fix: "Render the file with `NginxGateway`, or put the whole configuration, with all that it includes, into one ConfigMap of the stack and mount it where nginx reads it.",
    checks: [unreadable],
    stackChecks: [containersWithout, unreadableMounted],
};
