import { createSocket } from "node:dgram";
import { createServer, type Socket } from "node:net";
import { frame, unframer } from "./datagrams";
import { dialInside } from "./dial";
import { join } from "./join";
import type { Target } from "./target";

const LOOPBACK = "127.0.0.1";

/** A client of a UDP port that has been silent for so long is forgotten. */
const DATAGRAM_IDLE_MS = 60_000;

export interface Listener {
    close(): void;
}

/**
 * Listens on a port of 127.0.0.1 and carries what comes to the target inside.
 *
 * @throws with code EADDRINUSE if somebody else has the port
 */
export function listen(port: number, target: Target, socketFile: string): Promise<Listener> {
    return target.protocol === "TCP"
        ? listenStream(port, target, socketFile)
        : listenDatagrams(port, target, socketFile);
}

function listenStream(port: number, target: Target, socketFile: string): Promise<Listener> {
    const open = new Set<Socket>();
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
        open.add(client);
        client.on("error", () => client.destroy());
        client.once("close", () => open.delete(client));
        dialInside(socketFile, target).then(
            (inside) => {
                join(client, inside);
            },
            // What is refused inside looks refused to the client: a reset, not an empty answer.
            () => client.resetAndDestroy(),
        );
    });
    const close = (): void => {
        server.close();
        for (const client of open) client.destroy();
    };
    return new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen({ port, host: LOOPBACK, backlog: 1024 }, () => {
            resolve({ close });
        });
    });
}

function listenDatagrams(port: number, target: Target, socketFile: string): Promise<Listener> {
    const server = createSocket("udp4");
    const clients = new Map<string, Promise<Socket>>();
    const carry = (port: number, address: string): Promise<Socket> => {
        const key = `${address}:${port}`;
        const inside = dialInside(socketFile, target);
        clients.set(key, inside);
        const forget = (): void => void clients.delete(key);
        inside.then((socket) => {
            socket.setTimeout(DATAGRAM_IDLE_MS, () => socket.destroy());
            socket.on("error", () => socket.destroy()).once("close", forget);
            socket.on(
                "data",
                unframer((datagram) => {
                    server.send(datagram, port, address);
                }),
            );
        }, forget);
        return inside;
    };
    server.on("message", (datagram, { port, address }) => {
        const inside = clients.get(`${address}:${port}`) ?? carry(port, address);
        whenThere(inside, (socket) => socket.write(frame(datagram)));
    });
    return new Promise((resolve, reject) => {
        server.once("error", reject);
        server.bind(port, LOOPBACK, () => {
            resolve({
                close: () => {
                    server.close();
                    for (const inside of clients.values())
                        whenThere(inside, (socket) => socket.destroy());
                },
            });
        });
    });
}

/** Acts on a way inside as soon as it is there. Where none comes nothing is done: a datagram is lost, as on any network. */
function whenThere(inside: Promise<Socket>, act: (socket: Socket) => void): void {
    inside.then(act, () => undefined);
}
