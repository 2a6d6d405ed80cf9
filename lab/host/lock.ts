import { createHash } from "node:crypto";
import { createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Runs `work` while no other process runs anything under the same lock name, waiting for its turn.
 *
 * The lock is an abstract Unix socket: the kernel frees it when its owner ends, however it ends, so there is no stale lock.
 *
 * @param name what is locked, for example the path of the file that is being built
 * @param onWait called once if somebody else holds the lock
 */
export async function withLock<T>(
    name: string,
    work: () => Promise<T>,
    onWait?: () => void,
): Promise<T> {
    const lock = await acquire(name, onWait);
    try {
        return await work();
    } finally {
        lock.close();
    }
}

async function acquire(name: string, onWait?: () => void): Promise<Server> {
    const address = `\0encryption-in-transit-${createHash("sha256").update(name).digest("hex").slice(0, 32)}`;
    for (let first = true; ; first = false) {
        const server = await listen(address);
        if (server !== undefined) return server;
        if (first) onWait?.();
        await sleep(200);
    }
}

function listen(address: string): Promise<Server | undefined> {
    return new Promise((resolve, reject) => {
        const server = createServer((socket) => socket.destroy());
        server.once("error", (error: NodeJS.ErrnoException) => {
            if (error.code === "EADDRINUSE") resolve(undefined);
            else reject(error);
        });
        server.listen(address, () => {
            server.unref();
            resolve(server);
        });
    });
}
