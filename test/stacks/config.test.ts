import { methods } from "../../services/agent-mesh/definition";
import { isWhole, readConfig } from "../../stacks/config";
import { compliant, project, raw } from "./raw";

const read = (changes = {}, secretKeys: string[] = []) =>
    readConfig(project, raw(changes, secretKeys));

const changed = (key: string, inside: object) => ({
    [key]: { ...(compliant[key] as object), ...inside },
});

const aDomain =
    "allowed a lower-case DNS name of two labels or more, without scheme, port, path, wildcard or trailing dot";
const anOrigin =
    "allowed an origin https://<host>, with :<port> where that is not 443; write for example https://console.local.bluefly.io";
const keys =
    "environment, cluster, domain, namespace, dataNamespace, profile, acceptedGaps, certManagerNamespace, pki, leaf, gateway, api, postgres, redis, reloader, agentMesh, tracer, verifier, monitoring, administrators, tenants";

it("reads a whole configuration", () => {
    const { config, errors } = read();
    expect(errors).toEqual([]);
    expect(isWhole(config)).toBe(true);
    expect(config).toEqual({
        ...compliant,
        dataNamespace: "llm-platform-data",
        acceptedGaps: [],
        certManagerNamespace: "cert-manager",
        pki: { ...(compliant.pki as object), roots: {}, certificates: {} },
        administrators: { users: [], groups: [] },
        tenants: [],
        leaf: { lifetime: 2160, renewBefore: 720, algorithm: "ECDSA-P256" },
    });
});

it("leaves the keys of others alone", () => {
    expect(read({ "kubernetes:namespace": "x", "other:domain": "" }).errors).toEqual([]);
});

it.each<[string, object, string]>([
    [
        "an unknown key",
        { domian: "a.b" },
        `[domian] is "a.b"; allowed keys here are ${keys}; correct its name or remove it`,
    ],
    [
        "an unknown key inside",
        changed("gateway", { replcas: 3 }),
        "[gateway.replcas] is 3; allowed keys here are image, replicas; correct its name or remove it",
    ],
    [
        "an unknown key inside a list",
        { tenants: [{ name: "a", namespaces: ["a"], group: "a", host: "b" }] },
        '[tenants.0.host] is "b"; allowed keys here are name, namespaces, group, hosts, commonNames, database, allows, quota, offboarding; correct its name or remove it',
    ],
    [
        "an empty domain",
        { domain: "" },
        `[domain] is ""; ${aDomain}; write for example local.bluefly.io`,
    ],
    [
        "no domain",
        { domain: undefined },
        `[domain] is not set; ${aDomain}; write for example local.bluefly.io`,
    ],
    [
        "a domain with scheme",
        { domain: "https://local.bluefly.io/" },
        `[domain] is "https://local.bluefly.io/"; ${aDomain}; write local.bluefly.io`,
    ],
    [
        "a domain in upper case",
        { domain: "Local.Bluefly.io" },
        `[domain] is "Local.Bluefly.io"; ${aDomain}; write local.bluefly.io`,
    ],
    [
        "a domain with a trailing dot",
        { domain: "local.bluefly.io." },
        `[domain] is "local.bluefly.io."; ${aDomain}; write local.bluefly.io`,
    ],
    [
        "a domain with a port",
        { domain: "local.bluefly.io:443" },
        `[domain] is "local.bluefly.io:443"; ${aDomain}; write local.bluefly.io`,
    ],
    [
        "a lifetime of 100 days",
        changed("leaf", { lifetime: "2400h" }),
        '[leaf.lifetime] is "2400h"; allowed 2h to 2160h (90 days), in whole hours, as a Go duration; write for example "2160h"',
    ],
    [
        "a lifetime of 90 days and a second",
        changed("leaf", { lifetime: "2160h0m1s" }),
        '[leaf.lifetime] is "2160h0m1s"; allowed 2h to 2160h (90 days), in whole hours, as a Go duration; write for example "2160h"',
    ],
    [
        "a lifetime in days",
        changed("leaf", { lifetime: "47d" }),
        '[leaf.lifetime] is "47d"; allowed 2h to 2160h (90 days), in whole hours, as a Go duration; write "1128h": Go has no unit for days',
    ],
    [
        "a lifetime as a number",
        changed("leaf", { lifetime: 2160 }),
        '[leaf.lifetime] is 2160; allowed 2h to 2160h (90 days), in whole hours, as a Go duration; write for example "2160h"',
    ],
    [
        "a renewal at no time",
        changed("leaf", { renewBefore: "0h" }),
        '[leaf.renewBefore] is "0h"; allowed 1h to less than leaf.lifetime, in whole hours, as a Go duration; write for example "2159h"',
    ],
    [
        "another key algorithm",
        changed("leaf", { algorithm: "Ed25519" }),
        '[leaf.algorithm] is "Ed25519"; allowed ECDSA-P256, ECDSA-P384, RSA-2048, RSA-3072; use one of them',
    ],
    [
        "no replicas",
        changed("gateway", { replicas: 0 }),
        "[gateway.replicas] is 0; allowed a whole number from 1 to 100; use 2 or more to go on serving while one is replaced",
    ],
    [
        "half a replica",
        changed("api", { replicas: 1.5 }),
        "[api.replicas] is 1.5; allowed a whole number from 1 to 100; use 2 or more to go on serving while one is replaced",
    ],
    [
        "an image without tag",
        changed("gateway", { image: "nginx" }),
        '[gateway.image] is "nginx"; allowed an image by digest, or by a tag other than latest; add the tag or the digest that was tested, for example nginx:1.26',
    ],
    [
        "the image latest",
        { verifier: { image: "verify:latest" } },
        '[verifier.image] is "verify:latest"; allowed an image by digest, or by a tag other than latest; add the tag or the digest that was tested, for example nginx:1.26',
    ],
    [
        "an object that is a text",
        { gateway: "nginx:1.26" },
        '[gateway] is "nginx:1.26"; allowed an object with image, replicas; write it as one',
    ],
    [
        "a client that is no identity",
        changed("api", { clients: ["verifier"] }),
        '[api.clients.0] is "verifier"; allowed an identity <service>.<namespace>.svc; write for example verifier.llm-platform.svc',
    ],
    [
        "an environment that is none",
        { environment: "production" },
        '[environment] is "production"; allowed lab, dev, staging, prod; use one of them',
    ],
    [
        "a profile that is none",
        { profile: "old" },
        '[profile] is "old"; allowed modern, fips; use one of them',
    ],
    [
        "a day that is none",
        changed("pki", { epoch: "2026-02-31" }),
        '[pki.epoch] is "2026-02-31"; allowed a day YYYY-MM-DD; write for example 2026-11-24',
    ],
    [
        "a namespace that is none",
        { namespace: "LLM" },
        '[namespace] is "LLM"; allowed a lower-case DNS label of at most 63 characters; use letters, digits and inner hyphens',
    ],
    [
        "a volume without unit",
        { postgres: { image: "postgres:17.12", storage: { size: "10" } } },
        '[postgres.storage.size] is "10"; allowed a whole number of Mi, Gi or Ti; write for example 10Gi',
    ],
    [
        "a volume of nothing",
        { redis: { image: "redis:8.0", storage: { size: "0Gi" } } },
        '[redis.storage.size] is "0Gi"; allowed a whole number of Mi, Gi or Ti; write for example 10Gi',
    ],
    [
        "a storage class that is none",
        { redis: { image: "redis:8.0", storage: { size: "1Gi", class: "Fast SSD" } } },
        '[redis.storage.class] is "Fast SSD"; allowed the name of a storage class; write one that `kubectl get storageclass` shows, or leave it out for the cluster\'s default',
    ],
    [
        "a method that is none",
        changed("agentMesh", { clients: [{ identity: "a.b.svc", methods: ["registerAgent"] }] }),
        '[agentMesh.clients.0.methods.0] is "registerAgent"; allowed RegisterAgent, RenewAgent; use one of them',
    ],
    [
        "an origin without TLS",
        changed("tracer", { origins: ["http://console.local.bluefly.io"] }),
        `[tracer.origins.0] is "http://console.local.bluefly.io"; ${anOrigin}`,
    ],
    [
        "an origin that is any",
        changed("tracer", { origins: ["*"] }),
        `[tracer.origins.0] is "*"; ${anOrigin}`,
    ],
    [
        "two origins in one",
        changed("tracer", { origins: ["https://a.b,https://c.d"] }),
        `[tracer.origins.0] is "https://a.b,https://c.d"; ${anOrigin}`,
    ],
    [
        "an origin with a path",
        changed("tracer", { origins: ["https://a.b/"] }),
        `[tracer.origins.0] is "https://a.b/"; ${anOrigin}`,
    ],
    [
        "no issuer",
        changed("tracer", { issuer: undefined }),
        "[tracer.issuer] is not set; allowed an https address as it stands in the tokens; write for example https://id.local.bluefly.io",
    ],
    [
        "no audience",
        changed("tracer", { audience: "" }),
        '[tracer.audience] is ""; allowed 1 to 255 printable characters without space or comma; write what the tokens have, for example tracer',
    ],
    [
        "tokens without signature",
        changed("tracer", { algorithm: "none" }),
        '[tracer.algorithm] is "none"; allowed ES256, ES384, PS256, PS384, EdDSA; use one of them',
    ],
    [
        "tokens signed with a shared key",
        changed("tracer", { algorithm: "HS256" }),
        '[tracer.algorithm] is "HS256"; allowed ES256, ES384, PS256, PS384, EdDSA; use one of them',
    ],
])("refuses %s", (_case, changes, message) => {
    const { config, errors } = read(changes);
    expect(errors).toEqual([message]);
    expect(isWhole(config)).toBe(message.includes("[domian]"));
});

it.each([
    ["129600m", 2160],
    ["7776000s", 2160],
    ["1128h", 1128],
    ["2h", 2],
])("takes the lifetime %s", (lifetime, hours) => {
    const { config, errors } = read(changed("leaf", { lifetime }));
    expect(errors).toEqual([]);
    expect(config.leaf?.lifetime).toBe(hours);
});

it("says everything that is wrong at once, one line each", () => {
    const { errors } = read({
        domian: "x",
        domain: "",
        ...changed("gateway", { image: "nginx", replicas: 0, ports: [] }),
    });
    expect(errors.map((line) => line.replace(/ is .*/, ""))).toEqual([
        "[domian]",
        "[domain]",
        "[gateway.image]",
        "[gateway.replicas]",
        "[gateway.ports]",
    ]);
    for (const line of errors)
        expect(line).toMatch(/^\[[\w.]+\] is [^\n]+; allowed [^\n]+; [^\n]+$/);
});

it("takes no secret, and never shows one", () => {
    const { config, errors } = read({ domain: "planted.example", unknown: "planted" }, [
        "domain",
        "unknown",
    ]);
    expect(errors).toEqual([
        `[unknown] is <secret>; allowed keys here are ${keys}; correct its name or remove it`,
        "[domain] is <secret>; allowed a plain value, since outputs and previews show it; set it again without --secret",
    ]);
    expect(JSON.stringify([config, errors])).not.toContain("planted");
});

it("knows the methods of the agent mesh, and no other", () => {
    const names = Object.keys(methods);
    const { errors, config } = read(
        changed("agentMesh", { clients: [{ identity: "a.b.svc", methods: names }] }),
    );
    expect(errors).toEqual([]);
    expect(config.agentMesh?.clients[0]?.methods).toEqual(names);
});
