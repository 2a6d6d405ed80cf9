import { createSocket } from "node:dgram";
import { rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { frame, unframer } from "./datagrams";
import { join } from "./join";
import { CONNECTED, MAX_TARGET_LINE, parseTargetLine, REFUSED, type Target } from "./target";

/**
 * The half inside the namespaces: takes connections on a Unix socket, each with a line that names a target, and dials that.
 *
 * Unix sockets are files and know no network namespace: it is the one way in.
 */
export function serveInside(socketFile: string): Server {
    rmSync(socketFile, { force: true });
    const server = createServer({ allowHalfOpen: true }, (outer) => {
        outer.on("error", () => outer.destroy());
        readTarget(outer, (target) => {
            if (target === undefined) outer.destroy();
            else if (target.protocol === "TCP") dialStream(outer, target);
            else dialDatagrams(outer, target);
        });
    });
    return server.listen({ path: socketFile, backlog: 1024 });
}

function readTarget(outer: Socket, done: (target: Target | undefined) => void): void {
    let head = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf("\n");
        if (end < 0 && head.length < MAX_TARGET_LINE) return;
        outer.off("data", onData);
        outer.pause();
        if (head.length > end + 1 && end >= 0) outer.unshift(head.subarray(end + 1));
        done(end < 0 ? undefined : parseTargetLine(head.toString("latin1", 0, end)));
    };
    outer.on("data", onData);
}

function dialStream(outer: Socket, { address, port }: Target): void {
    const inner = connect({ host: address, port, allowHalfOpen: true });
    const refuse = (): void => void outer.end(Buffer.from([REFUSED]));
    inner.once("error", refuse);
    inner.once("connect", () => {
        inner.off("error", refuse);
        outer.write(Buffer.from([CONNECTED]));
        join(outer, inner);
    });
    outer.once("close", () => {
        if (inner.connecting) inner.destroy();
    });
}

function dialDatagrams(outer: Socket, { address, port }: Target): void {
    const inner = createSocket("udp4");
    inner.on("error", () => outer.destroy());
    inner.on("message", (datagram) => outer.write(frame(datagram)));
    outer.on("end", () => outer.destroy()).on("close", () => inner.close());
    inner.connect(port, address, () => {
        outer.write(Buffer.from([CONNECTED]));
        outer.on(
            "data",
            unframer((datagram) => {
                inner.send(datagram);
            }),
        );
        outer.resume();
    });
}

if (require.main === module) {
    const [socketFile] = process.argv.slice(2);
    if (socketFile === undefined) throw new Error("usage: inside.ts SOCKET");
    serveInside(socketFile);
}
