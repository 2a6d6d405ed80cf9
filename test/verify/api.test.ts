import { runCheck, type Result } from "../../verify/check";
import { apiChecks, type ApiHop } from "../../verify/hops/api";
import { startApi, type ApiServerSettings } from "./fakeApi";
import { makePki, type TestPki } from "./pki";
import { modernGroups, modernSuites, type Listening } from "./servers";

const host = "api.llm-platform.svc";
const names = [host, `${host}.cluster.local`];

let pki: TestPki;
let good: ApiHop;
const running: Listening[] = [];

beforeAll(async () => {
    pki = await makePki();
    good = await start({});
});

afterAll(async () => {
    await Promise.all(running.map(({ close }) => close()));
});

async function start(settings: Partial<ApiServerSettings>): Promise<ApiHop> {
    const credentials = await pki.issue({ names });
    const server = await startApi({ credentials, trustBundle: pki.root, ...settings });
    running.push(server);
    return {
        name: "api",
        host,
        port: 3001,
        address: server.address,
        metricsPort: server.address.port,
        cipherSuites: modernSuites.split(":"),
        groups: modernGroups.split(":"),
        trustBundle: pki.root,
        certificate: {
            names,
            lifetimeHours: 2160,
            renewBeforeHours: 720,
            issued: credentials.certificate,
        },
        verifier: await pki.issue({ names: ["verifier.llm-platform.svc"], client: true }),
        verifierIdentity: "verifier.llm-platform.svc",
        via: "direct",
    };
}

async function lookAt(id: string, hop: ApiHop): Promise<Pick<Result, "outcome" | "seen">> {
    const check = apiChecks.find((candidate) => candidate.id === id);
    if (!check) throw new Error(`no check ${id}`);
    const { outcome, seen } = await runCheck(hop, check);
    return { outcome, seen };
}

describe("an api that is right passes", () => {
    it.each(apiChecks.map(({ id }) => id))("%s", async (id) => {
        expect(await lookAt(id, good)).toMatchObject({ outcome: "pass" });
    });

    it.each([
        ["client-certificate-demanded", "alert certificate_required"],
        ["other-ca-refused", "connection closed"],
        ["plaintext-refused", "connection closed"],
        ["metrics-refused", "403"],
        ["forged-client-cert-refused", '400 {"error":"client_cert_forbidden"}'],
    ])("%s, for the reason %s", async (id, seen) => {
        expect(await lookAt(id, good)).toEqual({ outcome: "pass", seen });
    });

    it("metrics-refused, where there is no way to them", async () => {
        const hop = { ...good, metricsPort: 1 };
        expect(await lookAt("metrics-refused", hop)).toEqual({
            outcome: "pass",
            seen: "no way there",
        });
    });
});

describe("an api with one thing wrong fails", () => {
    it.each<[id: string, wrong: Partial<ApiServerSettings>, seen: string]>([
        [
            "forged-client-cert-refused",
            { believesClientCert: true },
            '200 {"identity":"verifier.llm-platform.svc","via":"direct"}',
        ],
        ["metrics-refused", { openMetrics: true }, "200"],
    ])("%s", async (id, wrong, seen) => {
        expect(await lookAt(id, await start(wrong))).toEqual({ outcome: "fail", seen });
    });
});
