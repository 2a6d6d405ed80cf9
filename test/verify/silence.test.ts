import { createServer, type TLSSocket } from "node:tls";
import { runCheck } from "../../verify/check";
import { certificateDemanded, strangerRefused } from "../../verify/checks/clientCertificate";
import type { InsideHop } from "../../verify/hop";
import { agentMeshHop } from "../../verify/hops/agentMesh";
import { apiHop } from "../../verify/hops/api";
import { redisHop } from "../../verify/hops/redis";
import { at, commonOf, serverOf } from "./hops";
import { makePki } from "./pki";
import { listen, type Listening } from "./servers";

const host = "redis.llm-platform-data.svc";

let hops: readonly InsideHop[];
let silent: Listening;

/** TLS for everybody, and then not a word: nothing that one could call a refusal. */
beforeAll(async () => {
    const pki = await makePki();
    const common = await commonOf(pki);
    const credentials = await pki.issue({ names: [host] });
    const { certificate: cert, privateKey: key } = credentials;
    const hush = (socket: TLSSocket): void => {
        socket.on("error", () => undefined).resume();
    };
    silent = await listen(createServer({ cert, key, ALPNProtocols: ["h2", "http/1.1"] }, hush));
    const server = serverOf(host, silent.address.port, credentials);
    hops = [redisHop, apiHop, agentMeshHop].map((make) =>
        at<InsideHop>(make(common, server), silent.address),
    );
});

afterAll(async () => {
    await silent.close();
});

it("takes the silence of a server for nothing, whatever is spoken", async () => {
    const looks = hops.flatMap((hop) =>
        [certificateDemanded, strangerRefused].map((check) => runCheck(hop, check)),
    );
    const seen = (await Promise.all(looks)).map(
        (result) => `${result.hop} ${result.outcome}: ${result.seen}`,
    );
    const told = "unknown: could not look: silent for 10 s";
    expect(seen).toEqual(
        ["redis", "api", "agent-mesh"].flatMap((hop) => [`${hop} ${told}`, `${hop} ${told}`]),
    );
});
