import type { KubernetesObject } from "../kubernetesObject";
import { mayBeNginxFile } from "./nginxText";
import { perSubject } from "./perSubject";
import { containersOf, objects, podSpecOf, stringField, strings } from "./podSpec";

/** A file that a container finds in a mount. */
export interface MountedSource {
    readonly kind: "ConfigMap" | "Secret";
    readonly name: string;
    /** Path inside the container of a key's file; nothing where the mount leaves the key out. */
    readonly pathOf: (key: string) => string | undefined;
}

export interface NginxContainer {
    readonly at: string;
    readonly image: string;
    /** The file that nginx starts from, `-c` or its default. */
    readonly confPath: string;
    readonly sources: readonly MountedSource[];
}

/** The containers of a workload that run nginx: by their image's name or by their command. */
export const nginxContainers = perSubject((subject): NginxContainer[] => {
    const pod = podSpecOf(subject);
    if (!pod) return [];
    return containersOf(pod)
        .filter(({ container }) => runsNginx(container))
        .map(({ at, container }) => ({
            at,
            image: stringField(container, "image"),
            confPath: confPathOf(words(container)),
            sources: sourcesOf(pod.spec, container),
        }));
});

/** Whether nginx reads the file at that path: the one it starts from, or one in its own folders. */
export function isNginxPath({ confPath }: NginxContainer, path: string): boolean {
    if (path === confPath) return true;
    const folder = confPath.slice(0, confPath.lastIndexOf("/") + 1);
    const own = path.startsWith("/etc/nginx/") || path.startsWith(folder);
    return own && mayBeNginxFile(path);
}

function runsNginx(container: KubernetesObject): boolean {
    const command = words(container);
    // A word of a shell script counts too: `sh -c "exec nginx"`.
    if (command.some((word) => /(^|[\s;&|/])(nginx|openresty)($|[\s;&|])/.test(word))) return true;
    return isNginxImage(stringField(container, "image"));
}

const words = (container: KubernetesObject): string[] => [
    ...strings(container.command),
    ...strings(container.args),
];

/** By the last part of the name: `nginx`, `nginx-unprivileged`, `openresty`; not an exporter or a controller. */
function isNginxImage(image: string): boolean {
    const name = /([^/:@]+)(:[^/:@]+)?(@[^/@]+)?$/.exec(image)?.[1] ?? "";
    return /^(.*[-_.])?(nginx|openresty)([-_.].*)?$/.test(name) && !/exporter|ingress/.test(name);
}

function confPathOf(command: readonly string[]): string {
    const all = command.flatMap((word) => word.split(/\s+/));
    const flag = all.indexOf("-c", all[0]?.endsWith("sh") ? 2 : 0);
    return all[flag + 1]?.startsWith("/") && flag >= 0
        ? (all[flag + 1] ?? "")
        : "/etc/nginx/nginx.conf";
}

function sourcesOf(spec: KubernetesObject, container: KubernetesObject): MountedSource[] {
    const volumes = objects(spec.volumes);
    return objects(container.volumeMounts).flatMap((mount) =>
        volumes
            .filter(({ name }) => name === mount.name)
            .flatMap(volumeSources)
            .map(({ kind, name, items }) => ({ kind, name, pathOf: pathIn(mount, items) })),
    );
}

interface VolumeSource {
    readonly kind: MountedSource["kind"];
    readonly name: string;
    readonly items: readonly KubernetesObject[];
}

function volumeSources(volume: KubernetesObject): VolumeSource[] {
    const projected = volume.projected as KubernetesObject | undefined;
    return [volume, ...objects(projected?.sources)].flatMap((source) => [
        ...volumeSource("ConfigMap", source.configMap, "name"),
        ...volumeSource("Secret", source.secret, "secretName"),
        ...volumeSource("Secret", source.secret, "name"),
    ]);
}

function volumeSource(kind: VolumeSource["kind"], source: unknown, field: string): VolumeSource[] {
    const [object] = objects([source]);
    const name = object ? stringField(object, field) : "";
    return object && name !== "" ? [{ kind, name, items: objects(object.items) }] : [];
}

/** With `items` only those keys exist, each under its own path; with `subPath` only one file or folder of them. */
function pathIn(
    mount: KubernetesObject,
    items: readonly KubernetesObject[],
): (key: string) => string | undefined {
    const folder = stringField(mount, "mountPath").replace(/\/+$/, "");
    const subPath = stringField(mount, "subPath");
    return (key) => {
        const item = items.find((candidate) => candidate.key === key);
        if (items.length > 0 && !item) return undefined;
        const path = item ? stringField(item, "path") : key;
        if (subPath === "") return `${folder}/${path}`;
        return path === subPath ? folder : undefined;
    };
}
