import type { Subject } from "../rule";
import { nginxConfs, nginxConfsUnder, type NginxConf } from "./nginxConf";
import {
    isNginxPath,
    nginxContainers,
    type MountedSource,
    type NginxContainer,
} from "./nginxContainers";
import { perStack } from "./perSubject";
import { configTexts, holdsTexts } from "./texts";
import { tryRead, UnknownValue } from "../unknownValue";

/** Keys that containers of the stack mount where nginx reads its configuration, by the object that holds them. */
const mountedKeys = perStack((stack): ReadonlyMap<Subject, ReadonlySet<string>> => {
    const found = new Map<Subject, Set<string>>();
    const holders = holdersByName(stack);
    for (const workload of stack) {
        const containers = tryRead(() => nginxContainers(workload));
        // A workload that cannot be read is refused by the rule that reads it for itself.
        if (containers instanceof UnknownValue) continue;
        for (const container of containers) {
            for (const source of container.sources) {
                for (const holder of holders.get(holderName(source, workload.namespace)) ?? []) {
                    const keys = found.get(holder) ?? new Set<string>();
                    found.set(holder, keys);
                    for (const key of keysAt(holder, source, (path) =>
                        isNginxPath(container, path),
                    )) {
                        keys.add(key);
                    }
                }
            }
        }
    }
    return found;
});

const holdersByName = perStack((stack): ReadonlyMap<string, Subject[]> => {
    const byName = new Map<string, Subject[]>();
    for (const subject of stack.filter(holdsTexts)) {
        const name = holderName(subject, subject.namespace);
        byName.set(name, [...(byName.get(name) ?? []), subject]);
    }
    return byName;
});

const holderName = ({ kind, name }: Pick<Subject, "kind" | "name">, namespace: string): string =>
    `${kind} ${namespace}/${name}`;

/** Keys of an object whose files lie, by that mount, where the path fits. */
function keysAt(
    holder: Subject,
    { pathOf }: MountedSource,
    fits: (path: string) => boolean,
): string[] {
    return configTexts(holder)
        .map(({ key }) => key)
        .filter((key) => {
            const path = pathOf(key);
            return path !== undefined && fits(path);
        });
}

/** Whether the container mounts an object of the stack that holds a configuration of nginx, at whatever path. */
export function hasConfig(
    container: NginxContainer,
    { namespace }: Subject,
    stack: readonly Subject[],
): boolean {
    return container.sources.some((source) =>
        (holdersByName(stack).get(holderName(source, namespace)) ?? []).some((holder) => {
            const confs = new Set(nginxConfs(holder).map(({ key }) => key));
            const keys = keysAt(holder, source, () => true);
            return (
                keys.some((key) => confs.has(key)) ||
                keysAt(holder, source, (path) => isNginxPath(container, path)).length > 0
            );
        }),
    );
}

/** The configurations of an object that only a mount shows to be nginx's: neither key nor directives say so. */
export function mountedNginxConfs(subject: Subject, stack: readonly Subject[]): NginxConf[] {
    const keys = mountedKeys(stack).get(subject);
    if (!keys || keys.size === 0) return [];
    const seen = new Set(nginxConfs(subject).map(({ key }) => key));
    const unseen = new Set([...keys].filter((key) => !seen.has(key)));
    return nginxConfsUnder(subject, unseen);
}
