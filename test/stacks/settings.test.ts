import { Daemon } from "../../components/tls/daemons";
import { readConfig } from "../../stacks/config";
import { crossErrors } from "../../stacks/crossChecks";
import { pkiWarning } from "../../stacks/pkiWarning";
import { platformArgs, settingsFrom, type Sources } from "../../stacks/settings";
import { byDigest, compliant, kubeconfigOf, project, publicKey, raw } from "./raw";

const sources = (changes: Partial<Sources> = {}): Sources => ({
    project,
    raw: raw(),
    env: { KUBECONFIG: kubeconfigOf("lab") },
    now: new Date("2026-11-24T10:00:00Z"),
    last: undefined,
    ...changes,
});

const leaf = compliant.leaf as object;
const tracer = compliant.tracer as object;
const pki = compliant.pki as object;

/** A hierarchy at its beginning. */
const first = {
    roots: [{ generation: 1, isCurrent: true }],
    intermediates: [{ generation: 1, rootGeneration: 1, isIssuing: true }],
};

it("are read from config, the clock and the state", () => {
    const settings = settingsFrom(sources());
    if ("errors" in settings) throw new Error(settings.errors.join("\n"));
    expect(platformArgs(settings)).toEqual({
        domain: "local.bluefly.io",
        namespace: "llm-platform",
        dataNamespace: "llm-platform-data",
        certManagerNamespace: "cert-manager",
        profile: "modern",
        pki: { rootMode: "managed", workload: first, mesh: first, vpn: first },
        leaf: { lifetimeHours: 2160, renewBeforeHours: 720, algorithm: "ECDSA-P256" },
        gateway: { image: "lab/nginx:1.26", replicas: 2 },
        api: { image: "lab/api:0.1.0", replicas: 2, clients: [] },
        postgres: { image: "lab/postgres:17", storage: { size: "1Gi" } },
        redis: { image: "lab/redis:8.0", storage: { size: "1Gi" } },
        reloader: { image: "lab/reloader:0.1.0" },
        agentMesh: { image: "lab/agent-mesh:0.1.0", replicas: 2, clients: [] },
        tracer: { ...tracer, jwks: JSON.stringify({ keys: [publicKey] }) },
        monitoringIdentity: "prometheus.monitoring.svc",
        administrators: { users: [], groups: [] },
        tenants: [],
    });
});

it("name a store's storage class where config has one, and else leave it to the cluster", () => {
    const redis = { image: "lab/redis:8.0", storage: { size: "1Gi", class: "fast" } };
    const settings = settingsFrom(sources({ raw: raw({ redis }) }));
    if ("errors" in settings) throw new Error(settings.errors.join("\n"));
    const { redis: changed, postgres } = platformArgs(settings);
    expect(changed.storage).toEqual({ size: "1Gi", storageClass: "fast" });
    expect(postgres.storage).toEqual({ size: "1Gi" });
});

it.each<[string, Partial<Sources>, string[]]>([
    [
        "a renewal at the time of issuance",
        { raw: raw({ leaf: { ...leaf, renewBefore: "2159h", lifetime: "2159h" } }) },
        [
            '[leaf.renewBefore] is "2159h"; allowed 1h to less than leaf.lifetime, "2159h"; write for example "719h", a third of it',
        ],
    ],
    [
        "a managed root in production",
        { raw: raw({ ...byDigest, environment: "prod" }), secretsProvider: "awskms" },
        [
            '[pki.rootMode] is "managed"; allowed managed in environments lab and dev alone, since it keeps the root\'s key in the state; write "offline", and make the roots by `npm run ceremony`',
        ],
    ],
    [
        "a passphrase in staging",
        {
            raw: raw({ ...byDigest, environment: "staging", pki: { ...pki, rootMode: "offline" } }),
            secretsProvider: "passphrase",
        },
        [
            '[secretsprovider] is "passphrase"; allowed a key service in staging: awskms, azurekeyvault, gcpkms, hashivault, or Pulumi Cloud\'s own; run `pulumi stack change-secrets-provider` with one',
        ],
    ],
    [
        "a production of which nobody knows what encrypts it, with a managed root",
        { raw: raw({ ...byDigest, environment: "prod" }) },
        [
            '[pki.rootMode] is "managed"; allowed managed in environments lab and dev alone, since it keeps the root\'s key in the state; write "offline", and make the roots by `npm run ceremony`',
            "[secretsprovider] is not known, since the stack has no file; allowed a key service in prod: awskms, azurekeyvault, gcpkms, hashivault, or Pulumi Cloud's own; run `pulumi stack change-secrets-provider` with one",
        ],
    ],
    [
        "certificates for a managed root",
        { raw: raw({ pki: { ...pki, roots: { "workload-root-g1": "PEM" } } }) },
        [
            '[pki.roots] is set; allowed not set where pki.rootMode is managed: such roots are made here; remove it, or write rootMode "offline"',
        ],
    ],
    [
        "a gap that is none",
        { raw: raw({ profile: "fips", acceptedGaps: ["envoy.cipherSuites"] }) },
        [
            '[acceptedGaps] is ["envoy.cipherSuites"]; allowed [], because profile fips is enforced everywhere; remove "envoy.cipherSuites"',
        ],
    ],
    [
        "the stores in the platform's namespace",
        { raw: raw({ dataNamespace: "llm-platform" }) },
        [
            "[dataNamespace] is \"llm-platform\"; allowed a namespace that is neither the platform's nor cert-manager's; write for example llm-platform-data",
        ],
    ],
    [
        "the stores in cert-manager's namespace",
        { raw: raw({ dataNamespace: "cert-manager" }) },
        [
            "[dataNamespace] is \"cert-manager\"; allowed a namespace that is neither the platform's nor cert-manager's; write for example llm-platform-data",
        ],
    ],
    [
        "an identity whose methods stand in two places",
        {
            raw: raw({
                agentMesh: {
                    ...(compliant.agentMesh as object),
                    clients: ["a", "b", "a"].map((name) => ({
                        identity: `${name}.tenant.svc`,
                        methods: ["RegisterAgent"],
                    })),
                },
            }),
        },
        [
            '[agentMesh.clients.2.identity] is "a.tenant.svc"; allowed each identity once; write all its methods in one place',
        ],
    ],
    [
        "keys that the tokens' algorithm cannot use",
        { raw: raw({ tracer: { ...tracer, algorithm: "ES384" } }) },
        [
            '[tracer.jwks.keys.0] is "one"; allowed keys that tracer.algorithm ES384 can use; remove it, or choose the algorithm that its issuer signs with',
        ],
    ],
    [
        "a key for another algorithm, and two keys of one name",
        {
            raw: raw({
                tracer: {
                    ...tracer,
                    jwks: {
                        keys: [
                            { ...publicKey, kid: "other", alg: "ES384" },
                            publicKey,
                            { ...publicKey, alg: "ES256" },
                        ],
                    },
                },
            }),
        },
        [
            '[tracer.jwks.keys.0] is "other"; allowed keys that tracer.algorithm ES256 can use; remove it, or choose the algorithm that its issuer signs with',
            '[tracer.jwks.keys.2.kid] is "one"; allowed each kid once; remove one of them',
        ],
    ],
    [
        "a provider that is led past the check",
        { raw: raw({ "kubernetes:context": "prod" }) },
        [
            "[kubernetes:context] is set; allowed not set: the cluster of KUBECONFIG's current context is compared with config; remove it and choose the cluster by KUBECONFIG",
        ],
    ],
    [
        "everything at once: a key, the cluster and the day",
        {
            raw: raw({ domain: "", pki: { ...pki, asOf: "2026-11-23" } }),
            env: { KUBECONFIG: kubeconfigOf("prod") },
            last: { asOf: "2026-11-24", hierarchies: {}, requests: {} },
        },
        [
            '[domain] is ""; allowed a lower-case DNS name of two labels or more, without scheme, port, path, wildcard or trailing dot; write for example local.bluefly.io',
            '[cluster] is "lab"; allowed "prod", the cluster of KUBECONFIG\'s current context "here"; set KUBECONFIG or its context to the cluster that is meant, or correct the stack\'s config',
            "[pki.asOf] is 2026-11-23; allowed 2026-11-24, where the stack's state stands, or later; write 2026-11-24 or later",
        ],
    ],
])("refuse %s", (_case, changes, errors) => {
    expect(settingsFrom(sources(changes))).toEqual({ errors });
});

it.each(["staging", "prod"])(
    "of %s, with an offline root and a key service, ask for the first signatures",
    (environment) => {
        const settings = settingsFrom(
            sources({
                raw: raw({ ...byDigest, environment, pki: { ...pki, rootMode: "offline" } }),
                secretsProvider: "awskms",
            }),
        );
        if ("errors" in settings) throw new Error(settings.errors.join("\n"));
        const requested = {
            roots: [],
            intermediates: [{ generation: 1, rootGeneration: 1, isIssuing: false }],
        };
        expect(platformArgs(settings).pki).toEqual({
            rootMode: "offline",
            workload: requested,
            mesh: requested,
            vpn: requested,
        });
        expect(pkiWarning(settings.pki)).toBe(
            "make workload-root-g1, mesh-root-g1, vpn-root-g1 and put their certificates into pki.roots; " +
                "sign workload-ca-g1 with workload-root-g1, mesh-ca-g1 with mesh-root-g1, vpn-ca-g1 with vpn-root-g1 (requests: output pkiRequests; certificates: pki.certificates); " +
                "nothing that needs a certificate is built before; by when: output pkiSteps",
        );
    },
);

describe("a profile that a daemon cannot obey", () => {
    const errors = (acceptedGaps: string[]) =>
        crossErrors(readConfig(project, raw({ profile: "fips", acceptedGaps })).config, [
            Daemon.Nginx,
            Daemon.Envoy,
        ]);

    it("is an error", () => {
        expect(errors([])).toEqual([
            '[acceptedGaps] is []; allowed a list with "envoy.cipherSuites", because profile fips cannot be enforced there and TLS_CHACHA20_POLY1305_SHA256 would be negotiable; add it if that is acceptable, or choose another profile',
        ]);
    });

    it("is none where config names the gap", () => {
        expect(errors(["envoy.cipherSuites"])).toEqual([]);
    });

    it("is not excused by another gap", () => {
        expect(errors(["envoy.cipherSuites", "redis.groups"])).toEqual([
            '[acceptedGaps] is ["envoy.cipherSuites","redis.groups"]; allowed gaps of profile fips: envoy.cipherSuites; remove "redis.groups"',
        ]);
    });
});
