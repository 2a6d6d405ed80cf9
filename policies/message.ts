import type { Exemption } from "./exemptions";
import type { Finding } from "./judge";

/** What, where, got, wanted and how to fix it, for one finding. */
export function findingMessage({ rule, subject, outcome, violation }: Finding): string {
    const { kind, namespace, name } = subject;
    const object = `${kind} ${namespace === "" ? "" : `${namespace}/`}${name || "(no name)"}`;
    const { at, got, wanted } = violation;
    if (outcome === "undecided") {
        return `undecided: ${object}, ${at}: preview does not know it; it is judged in \`up\`, before the object is created.`;
    }
    return `${object}, ${at}: got ${got}; wanted ${wanted}.\n${rule.why}\nFix: ${rule.fix}`;
}

/** The same, for one that somebody answers for. */
export const exemptedMessage = (finding: Finding, { expires, owner, reason }: Exemption): string =>
    `exempted until ${expires} by ${owner}: ${reason}\n${findingMessage(finding)}`;
