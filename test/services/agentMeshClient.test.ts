import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { verifier } from "./running";
import { refused, RunningAgentMesh } from "./runningAgentMesh";

/** A machine that is gone does not say so: whoever connects to it hears nothing. */
let running: RunningAgentMesh;
let way: Server;
let sockets: Socket[];
/** What becomes of a connection: it is led on to the server, never answered, or reset in the middle of the handshake. */
let fate: "served" | "silence" | "reset";

const agent = { agentId: "agent-001", capabilities: [] };

beforeEach(async () => {
    running = await RunningAgentMesh.start();
    sockets = [];
    way = createServer((socket) => {
        sockets.push(socket.on("error", () => undefined));
        if (fate === "silence") return;
        const onward = connect(running.service.port, "127.0.0.1").on("error", () => undefined);
        sockets.push(onward);
        if (fate === "reset")
            onward.once("data", () => setImmediate(() => socket.resetAndDestroy()));
        socket.pipe(onward).pipe(socket);
    }).listen(0, "127.0.0.1");
    await once(way, "listening");
});

afterEach(async () => {
    await running.stop();
    sockets.forEach((socket) => socket.destroy());
    way.close();
});

async function client() {
    const { port } = way.address() as AddressInfo;
    const credential = await running.pki.client(verifier);
    return running.client(credential, { address: `127.0.0.1:${port}`, timeoutMs: 1_000 });
}

it("calls over the connection that is there", async () => {
    fate = "served";
    const calling = await client();
    await calling.registerAgent(agent);
    await calling.registerAgent(agent);
    expect(sockets).toHaveLength(2);
});

it.each(["silence", "reset"] as const)("connects anew after %s", async (bad) => {
    fate = bad;
    const calling = await client();
    expect((await refused(calling.registerAgent(agent)))[0]).toBe("DEADLINE_EXCEEDED");
    fate = "served";
    expect(await calling.registerAgent(agent)).toMatchObject({ identity: verifier });
});
