import { freePort } from "../components/gateway/runningGateway";
import { as, ask, seen, until } from "./client";
import { Mount } from "./mount";
import { type Credential, Pki } from "./pki";
import { pair, prometheus, Running, verifier } from "./running";
import { RunningAgentMesh, serverName } from "./runningAgentMesh";

const identity = "api.llm-platform.svc";
const agentId = "api-5d8c-x2";

let pki: Pki;
let mounts: Mount[];
let api: Running;
let mesh: RunningAgentMesh | undefined;
let port: number;
let certificates: Mount;

beforeAll(async () => {
    pki = await Pki.create();
});

beforeEach(async () => {
    port = await freePort();
});

afterEach(async () => {
    await api.stop();
    await mesh?.stop();
    mesh = undefined;
    for (const mount of mounts) mount.remove();
});

/** The real agent mesh, whose list has the api on it. */
async function startMesh(): Promise<void> {
    mesh = await RunningAgentMesh.start({
        pki,
        port,
        connectionMaxAgeSeconds: 1,
        allowedMethods: new Map([[identity, ["RegisterAgent", "RenewAgent"]]]),
    });
}

/** The real api with this client certificate, told of the agent mesh and of no store. */
async function startApi(client: Credential): Promise<void> {
    certificates = new Mount(pair(client));
    const trust = new Mount({ "ca.crt": pki.root.certificate });
    mounts = [certificates, trust];
    api = await Running.start({
        calls: {
            clientFiles: {
                certificateDirectory: certificates.directory,
                trustFile: trust.path("ca.crt"),
            },
            agent: { host: "127.0.0.1", port, agentId, servername: serverName },
        },
    });
}

const told = (event: string) => until(() => api.log.events(event).length > 0, event);

/** What the monitor reads. */
async function metric(): Promise<string | undefined> {
    const client = await api.pki.client(prometheus);
    const metrics = { ...as(api, client), port: api.service.metricsPort, path: "/metrics" };
    return /^agent_mesh_registered (.+)$/m.exec((await ask(metrics)).body)?.[1];
}

/** What a client of the api is answered. */
const whoami = async () => seen({ ...as(api, await api.pki.client(verifier)), path: "/v1/whoami" });

const served = [200, { identity: verifier, via: "direct" }];

/** Calls that the mesh has answered, by its own log. */
const calls = () =>
    (mesh?.log.events("call") ?? []).map(({ identity, method, status }) => [
        identity,
        String(method).split("/")[2],
        status,
    ]);

it("registers by itself, under the identity of its certificate", async () => {
    await startMesh();
    await startApi(await pki.client(identity));
    await told("agent_registered");
    expect(api.log.events("agent_registered")).toEqual([
        { event: "agent_registered", agentId, identity, message: "known to the mesh" },
    ]);
    expect(await metric()).toBe("1");
    expect(calls()).toEqual([
        [identity, "RenewAgent", "NOT_FOUND"],
        [identity, "RegisterAgent", "OK"],
    ]);
});

it("serves while there is no mesh, says so once, and registers when there is one", async () => {
    await startApi(await pki.client(identity));
    await told("agent_not_registered");
    expect(await whoami()).toEqual(served);
    expect(await metric()).toBe("0");
    await startMesh();
    await told("agent_registered");
    expect(await metric()).toBe("1");
    expect(api.log.events("agent_not_registered").length).toBeLessThanOrEqual(2);
});

it("serves where the mesh refuses it, and registers with the certificate of the day", async () => {
    await startMesh();
    await startApi(await pki.client("stranger.llm-platform.svc"));
    await told("agent_not_registered");
    expect(api.log.events("agent_not_registered")[0]?.reason).toContain("method_not_allowed");
    expect(await whoami()).toEqual(served);
    expect(await metric()).toBe("0");
    certificates.write(pair(await pki.client(identity)));
    await told("agent_registered");
    expect(await metric()).toBe("1");
    expect(calls().at(-1)).toEqual([identity, "RegisterAgent", "OK"]);
});
