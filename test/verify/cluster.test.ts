import { X509Certificate } from "node:crypto";
import { issuedCertificate } from "../../verify/checks/certificate";
import { readMaterial } from "../../verify/cluster";
import { CannotStart, parseOutputs } from "../../verify/stack";
import { goodOutputs } from "./outputs";
import { makePki } from "./pki";

const outputs = parseOutputs("lab", JSON.stringify(goodOutputs));
let certificate: string;

beforeAll(async () => {
    ({ certificate } = await (await makePki()).issue());
});

type Texts = Record<string, Record<string, string> | undefined>;

function read(change: Texts = {}) {
    const pair = { "tls.crt": certificate, "tls.key": "a key" };
    const objects: Texts = {
        "workload-trust": { "ca.crt": "a root" },
        "verifier-client": pair,
        "gateway-server": pair,
        "api-server": pair,
        "postgres-server": pair,
        "redis-server": pair,
        "agent-mesh-server": pair,
        "tracer-server": pair,
        ...change,
    };
    const stores = ["postgres-server", "redis-server"];
    const get = ({ namespace, name }: { namespace: string; name: string }) => {
        const here = stores.includes(name) ? "llm-platform-data" : "llm-platform";
        const texts = namespace === here ? objects[name] : undefined;
        return texts ? Promise.resolve(texts) : Promise.reject(new Error("does not exist"));
    };
    return readMaterial({ readSecret: get, readConfigMap: get }, outputs);
}

it("remembers the certificates of the servers, and takes of the keys the verifier's alone", async () => {
    const issued = issuedCertificate(new X509Certificate(certificate));
    expect(await read()).toEqual({
        trustBundle: "a root",
        verifier: { certificate, privateKey: "a key" },
        issued: {
            gateway: issued,
            api: issued,
            postgres: issued,
            redis: issued,
            agentMesh: issued,
            tracer: issued,
        },
    });
});

it.each<[what: string, change: Texts, message: string]>([
    [
        "a Secret that is not there",
        { "verifier-client": undefined },
        "Secret llm-platform/verifier-client: does not exist",
    ],
    [
        "a bundle without its key",
        { "workload-trust": { "root.pem": "a root" } },
        "ConfigMap llm-platform/workload-trust: no key ca.crt",
    ],
    [
        "a certificate that is none",
        { "gateway-server": { "tls.crt": "nonsense" } },
        "Secret llm-platform/gateway-server: tls.crt holds no certificate",
    ],
    [
        "a store's Secret that is not there",
        { "redis-server": undefined },
        "Secret llm-platform-data/redis-server: does not exist",
    ],
])("names %s", async (_, change, message) => {
    await expect(read(change)).rejects.toThrow(new CannotStart(message));
});
