import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import type { TlsPolicy } from "@encryption-in-transit/services-tls";
import { type Daemon, DaemonAway } from "./daemon";
import { certificateServed } from "./served";

export interface PostgresSettings {
    /** `postmaster.pid` in the data directory. */
    readonly pidFile: string;
    readonly policy: TlsPolicy;
}

/** PostgreSQL in a pod whose containers share their process namespace: it reads its files again on SIGHUP. */
export function postgresDaemon({ pidFile, policy }: PostgresSettings): Daemon {
    return {
        reload: () =>
            new Promise((resolve) => {
                process.kill(postmaster(pidFile).pid, "SIGHUP");
                resolve();
            }),
        served: async () =>
            certificateServed({ port: postmaster(pidFile).port, policy, prelude: askForTls }),
    };
}

/**
 * Finds the running server by the lines of its pid file: 1 the process, 4 the port, 8 the state. Throws `DaemonAway` where it is
 * not ready.
 *
 * The file of a killed server stays on the volume, and its number may be another process' by now, this one's for example.
 *
 * @see https://doxygen.postgresql.org/pidfile_8h.html
 */
function postmaster(pidFile: string): { readonly pid: number; readonly port: number } {
    const lines = (readOrUndefined(pidFile) ?? "").split("\n").map((line) => line.trim());
    const [pid = "", , , port = "", , , , state] = lines;
    if (state !== "ready" || !/^\d+$/.test(pid) || !/^\d+$/.test(port))
        throw new DaemonAway(`${pidFile} does not name a server that is ready`);
    if (readOrUndefined(`/proc/${pid}/comm`)?.trim() !== "postgres")
        throw new DaemonAway(
            `${pidFile} names process ${pid}, which is no postgres here; the pod's containers have to share their processes`,
        );
    return { pid: Number(pid), port: Number(port) };
}

/** Undefined where there is no such file. */
function readOrUndefined(path: string): string | undefined {
    try {
        return readFileSync(path, "utf8");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
    }
}

/** SSLRequest: length 8, code 80877103. The server answers one byte. @see PostgreSQL, Message Formats */
async function askForTls(socket: Socket, signal: AbortSignal): Promise<void> {
    socket.write(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]));
    const [answer] = (await once(socket, "data", { signal })) as [Buffer];
    if (answer.toString("latin1") !== "S") throw new Error("PostgreSQL does not offer TLS");
}
