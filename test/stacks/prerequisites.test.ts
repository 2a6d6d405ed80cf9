import { missing, type ClusterView, type Environment } from "../../stacks/prerequisites";

const now = new Date("2026-11-24T12:00:00Z");

const healthy: ClusterView = {
    serverVersion: () => Promise.resolve("v1.34.4"),
    servedVersions: () => Promise.resolve(["v1"]),
    certManagerSeen: () => Promise.resolve(new Date(now.getTime() - 10_000)),
    certManagerVersion: () => Promise.resolve("v1.21.2"),
    defaultStorageClass: () => Promise.resolve("standard"),
    dnsEndpoints: () => Promise.resolve(2),
    may: () => Promise.resolve(true),
};

const environment = (
    cluster: Partial<ClusterView> = {},
    more: Partial<Environment> = {},
): Environment => ({
    config: {
        cluster: "lab",
        namespace: "llm-platform",
        dataNamespace: "llm-platform-data",
        certManagerNamespace: "cert-manager",
    },
    current: { cluster: "lab", context: "lab" },
    cluster: { ...healthy, ...cluster },
    pulumi: "v3.259.0",
    now,
    ...more,
});

it("says nothing of an environment that has everything", async () => {
    expect(await missing(environment())).toEqual([]);
});

it.each([undefined, "v1.20.0", "1.21.2", "v2.0.0"])(
    "takes cert-manager of version %s",
    async (version) => {
        const certManagerVersion = () => Promise.resolve(version);
        expect(await missing(environment({ certManagerVersion }))).toEqual([]);
    },
);

/** Everything but one thing. */
const unless =
    (refused: string): ClusterView["may"] =>
    ({ verb, resource, namespace }) =>
        Promise.resolve(`${verb} ${resource} in ${namespace ?? "all"}` !== refused);

const certManager = "install cert-manager 1.20 or later with its CRDs";

it.each<[string, Partial<ClusterView>, string]>([
    [
        "cert-manager's definitions",
        { servedVersions: (name) => Promise.resolve(name.startsWith("issuers") ? [] : ["v1"]) },
        `cert-manager: issuers are not served as v1; ${certManager}`,
    ],
    [
        "cert-manager's controller",
        { certManagerSeen: () => Promise.resolve(undefined) },
        `cert-manager: its controller has never been seen; ${certManager}`,
    ],
    [
        "a controller that is alive",
        { certManagerSeen: () => Promise.resolve(new Date("2026-11-24T11:00:00Z")) },
        `cert-manager: its controller was last seen 2026-11-24T11:00:00.000Z; ${certManager}`,
    ],
    [
        "a cert-manager that is maintained",
        { certManagerVersion: () => Promise.resolve("v1.19.4") },
        `cert-manager: its version is v1.19.4; ${certManager}`,
    ],
    [
        "a default storage class",
        { defaultStorageClass: () => Promise.resolve(undefined) },
        "storage class: none is the default; annotate one with storageclass.kubernetes.io/is-default-class",
    ],
    [
        "DNS",
        { dnsEndpoints: () => Promise.resolve(0) },
        "DNS: no endpoint of kube-system/kube-dns is ready; install the cluster's DNS",
    ],
    [
        "a right",
        { may: unless("patch secrets in cert-manager") },
        "RBAC: you may not patch secrets in cert-manager; ask for a role that allows it",
    ],
    [
        "a right over the stores",
        { may: unless("create statefulsets in llm-platform-data") },
        "RBAC: you may not create statefulsets.apps in llm-platform-data; ask for a role that allows it",
    ],
    [
        "a right over the passwords of services",
        { may: unless("delete secrets in llm-platform") },
        "RBAC: you may not delete secrets in llm-platform; ask for a role that allows it",
    ],
    [
        "an answer",
        { dnsEndpoints: () => Promise.reject(new Error("HTTP-Code: 403\nHeaders: secret")) },
        "DNS: could not be read, HTTP-Code: 403",
    ],
])("names %s in one line where it is missing", async (_what, cluster, line) => {
    expect(await missing(environment(cluster))).toEqual([line]);
});

it("asks a cluster that is out of reach nothing further", async () => {
    const serverVersion = () => Promise.reject(new Error("connect ECONNREFUSED 127.0.0.1:6443"));
    expect(await missing(environment({ serverVersion }))).toEqual([
        "cluster: lab is not reached, connect ECONNREFUSED 127.0.0.1:6443",
    ]);
});

it("asks another cluster nothing, and says that there is no CLI", async () => {
    const lines = await missing(
        environment({}, { current: { cluster: "prod", context: "admin" }, pulumi: undefined }),
    );
    expect(lines).toEqual([
        expect.stringMatching(/^pulumi: not on PATH; /),
        expect.stringMatching(/^\[cluster\] is "lab"; allowed "prod"/),
    ]);
});
