import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { frame, unframer } from "../../lab/cluster/edge/datagrams";
import { serveInside } from "../../lab/cluster/edge/inside";
import { listen, type Listener } from "../../lab/cluster/edge/listen";
import { parseTargetLine, targetLine } from "../../lab/cluster/edge/target";

let folder: string;
let socketFile: string;
let inside: Server;
const opened: (Listener | Server | DatagramSocket)[] = [];
/** Both ends that a test holds: a half-open one would keep the process alive. */
const held = new Set<Socket>();

beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "edge-"));
    socketFile = path.join(folder, "edge.sock");
    inside = serveInside(socketFile);
    await once(inside, "listening");
});
afterEach(() => {
    for (const one of opened.splice(0)) one.close();
    for (const socket of held) socket.destroy();
    held.clear();
    inside.close();
    rmSync(folder, { recursive: true });
});

/** A TCP server, and a port of 127.0.0.1 that leads to it through both halves. */
async function forwardTo(onConnection: (socket: Socket) => void): Promise<number> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
        held.add(socket);
        onConnection(socket);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    opened.push(server);
    return forward("TCP", (server.address() as AddressInfo).port);
}

async function forward(protocol: "TCP" | "UDP", port: number): Promise<number> {
    const local = await freePort();
    opened.push(await listen(local, { protocol, address: "127.0.0.1", port }, socketFile));
    return local;
}

async function freePort(): Promise<number> {
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, "close");
    return port;
}

it("carries bytes both ways, and each end of stream by itself", async () => {
    const port = await forwardTo((socket) => {
        void text(socket).then((received) => socket.end(`got ${received}`));
    });
    const client = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    client.end("all of this");
    expect(await text(client)).toBe("got all of this");
});

it("carries a greeting that the server speaks first", async () => {
    const port = await forwardTo((socket) => socket.end("hello"));
    expect(await text(connect(port, "127.0.0.1"))).toBe("hello");
});

it("carries 500 connections at once", async () => {
    const port = await forwardTo((socket) => socket.pipe(socket));
    const echo = async (index: number): Promise<boolean> => {
        const client = connect({ port, host: "127.0.0.1" });
        const payload = `${index} `.repeat(1000);
        client.end(payload);
        return (await text(client)) === payload;
    };
    const echoed = await Promise.all(Array.from({ length: 500 }, (_, index) => echo(index)));
    expect(echoed.filter((right) => right)).toHaveLength(500);
});

it("resets a client whose target refuses", async () => {
    const client = connect(await forward("TCP", await freePort()), "127.0.0.1");
    const [error] = (await once(client, "error")) as [NodeJS.ErrnoException];
    expect(error.code).toBe("ECONNRESET");
});

it("ends the client where the server breaks off, and tells the server where the client does", async () => {
    const sockets: Socket[] = [];
    const port = await forwardTo((socket) => {
        sockets.push(socket);
        socket.on("error", () => undefined);
        socket.write("x");
    });
    const first = connect(port, "127.0.0.1");
    first.on("error", () => undefined);
    await once(first, "data");
    sockets[0]?.resetAndDestroy();
    await once(first, "close");

    const second = connect(port, "127.0.0.1");
    await once(second, "data");
    second.destroy();
    sockets[1]?.resume();
    await once(sockets[1] as Socket, "end");
});

it("says so where the port is taken", async () => {
    const port = await forwardTo(() => undefined);
    const again = listen(port, { protocol: "TCP", address: "127.0.0.1", port: 1 }, socketFile);
    await expect(again).rejects.toMatchObject({ code: "EADDRINUSE" });
});

it("carries datagrams, and each answer to the client that asked", async () => {
    const server = createSocket("udp4").bind(0, "127.0.0.1");
    await once(server, "listening");
    opened.push(server);
    server.on("message", (datagram, { port, address }) => {
        server.send(`got ${datagram.toString()}`, port, address);
    });
    const port = await forward("UDP", server.address().port);
    const ask = async (question: string): Promise<string> => {
        const client = createSocket("udp4");
        opened.push(client);
        client.send(question, port, "127.0.0.1");
        const [answer] = (await once(client, "message")) as [Buffer];
        return answer.toString();
    };
    expect(await Promise.all(["a", "b", "c"].map(ask))).toEqual(["got a", "got b", "got c"]);
});

it("puts datagrams together however the stream is cut", () => {
    const datagrams = ["", "a", "x".repeat(1500)].map((part) => Buffer.from(part));
    const stream = Buffer.concat(datagrams.map(frame));
    for (const size of [1, 2, 3, 700, stream.length]) {
        const got: string[] = [];
        const take = unframer((datagram) => got.push(datagram.toString()));
        for (let at = 0; at < stream.length; at += size) take(stream.subarray(at, at + size));
        expect(got).toEqual(datagrams.map(String));
    }
});

describe("the line that names a target", () => {
    it("is read as it is written", () => {
        const target = { protocol: "UDP", address: "10.200.0.10", port: 500 } as const;
        expect(parseTargetLine(targetLine(target).trimEnd())).toEqual(target);
    });

    it.each([
        "",
        "TCP 10.0.0.1",
        "TCP 10.0.0.1 65536",
        "SCTP 10.0.0.1 1",
        "TCP host 1",
        "TCP 10.0.0.1 1 2",
    ])("is refused: %j", (line) => {
        expect(parseTargetLine(line)).toBeUndefined();
    });
});
