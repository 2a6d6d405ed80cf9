import type { Call } from "../resource";
import type { Properties } from "../value";
import { Cluster, type Session } from "./cluster";
import { settingsOf, type Settings } from "./config";
import { NoKindError, UnreachableError } from "./errors";
import { sender } from "./http";
import type { GroupVersionKind } from "./identity";
import { loadKubeConfig, namespaceOf } from "./kubeconfig";

/** The configured cluster, and what all its resources share. */
export interface Connection {
    readonly cluster: Cluster;
    readonly settings: Settings;
    readonly defaultNamespace: string;
    /** How long an `up` waits for an API server that does not answer, and for what another resource may be making. */
    readonly patienceMilliseconds: number;
}

/** Opens nothing yet: a kubeconfig that cannot be read is an error, a server that does not answer is one of the resource's. */
export function connect(args: Properties, patienceMilliseconds: number): Connection {
    const settings = settingsOf(args);
    const config = loadKubeConfig(settings);
    return {
        cluster: new Cluster(sender(config)),
        settings,
        defaultNamespace: settings.namespace ?? namespaceOf(config),
        patienceMilliseconds,
    };
}

/** A resource's way to the cluster. A preview does not wait for a server that does not answer. */
export function sessionOf(
    { log, signal }: Call,
    { settings, patienceMilliseconds }: Connection,
    preview: boolean,
): Session {
    const said = new Set<string>();
    let last = "";
    return {
        signal,
        patienceMilliseconds: preview ? 0 : patienceMilliseconds,
        status: (message) => {
            if (message === last) return;
            last = message;
            log("status", message);
        },
        warn: (message) => {
            if (settings.suppressDeprecationWarnings && /deprecated/.test(message)) return;
            if (said.has(message)) return;
            said.add(message);
            log("warning", message);
        },
    };
}

/** Whether objects of a kind lie in a namespace; a guess where the server does not serve the kind yet, or does not answer. */
export async function isNamespaced(
    kind: GroupVersionKind,
    { cluster }: Connection,
    session: Session,
): Promise<boolean> {
    try {
        return (await cluster.mapping(kind, session)).namespaced;
    } catch (error) {
        if (error instanceof NoKindError || error instanceof UnreachableError) {
            return cluster.discovery.guessNamespaced(kind);
        }
        throw error;
    }
}
