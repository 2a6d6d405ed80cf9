import { connect, type Socket } from "node:net";
import { CONNECTED, targetLine, type Target } from "./target";

/**
 * Connects to an address inside the namespaces.
 *
 * @throws if nothing listens there, or the half inside does not run
 */
export function dialInside(socketFile: string, target: Target): Promise<Socket> {
    return new Promise((resolve, reject) => {
        const socket = connect({ path: socketFile, allowHalfOpen: true });
        const fail = (error?: Error): void => {
            socket.destroy();
            reject(
                error ??
                    new Error(
                        `${target.address}:${target.port} inside the cluster refused the connection`,
                    ),
            );
        };
        socket.once("error", fail);
        socket.once("end", fail);
        socket.once("connect", () => socket.write(targetLine(target)));
        socket.once("readable", () => {
            const answer = socket.read(1) as Buffer | null;
            if (answer?.[0] !== CONNECTED) {
                fail();
                return;
            }
            socket.off("error", fail);
            socket.off("end", fail);
            resolve(socket);
        });
    });
}
