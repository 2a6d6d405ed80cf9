import type { X509Certificate } from "node:crypto";

/** A daemon beside this process that reads its certificate from the mounted files, and reads them again when it is told to. */
export interface Daemon {
    /** Tells it to read certificate, key and bundle again. Throws one sentence where it cannot be told or refuses. */
    reload(): Promise<void>;
    /** The certificate that it shows to a new connection now, and that it holds the key of; whether it verifies is not asked. */
    served(): Promise<X509Certificate>;
    /** Looks at whatever else may be wrong with it and shows that in metrics. Throws one sentence where it cannot look. */
    inspect?(): Promise<void>;
}

/** The daemon is not up: nothing has failed, and it is looked for again. */
export class DaemonAway extends Error {}

/** What connecting says where nobody listens. */
export function isAway(error: unknown): boolean {
    const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
    return ["ENOENT", "ECONNREFUSED"].includes(code);
}
