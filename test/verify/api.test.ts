import { apiChecks, apiHop, type ApiHop } from "../../verify/hops/api";
import type { Common } from "../../verify/settings";
import { startApi, type ApiServerSettings } from "./fakeServices";
import { at, commonOf, lookAt, serverOf } from "./hops";
import { makePki, type TestPki } from "./pki";
import type { Listening } from "./servers";

const host = "api.llm-platform.svc";
const names = [host, `${host}.cluster.local`];

let pki: TestPki;
let common: Common;
let good: ApiHop;
const running: Listening[] = [];

beforeAll(async () => {
    pki = await makePki();
    common = await commonOf(pki);
    good = await start({});
});

afterAll(async () => {
    await Promise.all(running.map(({ close }) => close()));
});

async function start(settings: Partial<ApiServerSettings>): Promise<ApiHop> {
    const credentials = await pki.issue({ names });
    const { address, close } = await startApi({
        credentials,
        trustBundle: pki.root,
        ...settings,
    });
    running.push({ address, close });
    return at(apiHop(common, serverOf(host, 3001, credentials)), address, address.port);
}

const look = (id: string, hop: ApiHop) => lookAt(apiChecks, id, hop);

describe("an api that is right passes", () => {
    it.each(apiChecks.map(({ id }) => id))("%s", async (id) => {
        expect(await look(id, good)).toMatchObject({ outcome: "pass" });
    });

    it.each([
        ["client-certificate-demanded", "alert certificate_required"],
        ["other-ca-refused", "connection closed"],
        ["plaintext-refused", "connection closed"],
        ["metrics-refused", "403"],
        ["forged-client-cert-refused", '400 {"error":"client_cert_forbidden"}'],
    ])("%s, for the reason %s", async (id, seen) => {
        expect(await look(id, good)).toEqual({ outcome: "pass", seen });
    });

    it("metrics-refused, where there is no way to them", async () => {
        const hop = { ...good, metricsPort: 1 };
        expect(await look("metrics-refused", hop)).toEqual({
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
        expect(await look(id, await start(wrong))).toEqual({ outcome: "fail", seen });
    });
});
