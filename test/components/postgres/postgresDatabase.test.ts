import { PostgresDatabase } from "../../../components/postgres/postgresDatabase";
import { fromMonitoring, toDns } from "../pods";
import { mockEngine } from "../recorded";
import { args, files, made, metadata } from "./madePostgres";

const base64 = (text: string) => Buffer.from(text).toString("base64");

it("gives away how it is dialled and nothing more", async () => {
    const { database } = await made();
    expect(database).toMatchObject({
        identity: "postgres.llm-platform-data.svc",
        port: 5432,
        serverSecretName: "postgres-server",
    });
});

it("has these children", async () => {
    const { resources } = await made();
    expect(resources.map(({ type, name }) => `${type} ${name}`)).toEqual([
        "kubernetes:apps/v1:StatefulSet postgres",
        "kubernetes:cert-manager.io/v1:Certificate postgres-server",
        "kubernetes:core/v1:ConfigMap postgres",
        "kubernetes:core/v1:Secret postgres-app_user",
        "kubernetes:core/v1:Secret postgres-backup",
        "kubernetes:core/v1:Secret postgres-passwords",
        "kubernetes:core/v1:Service postgres",
        "kubernetes:core/v1:ServiceAccount postgres",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy postgres",
        "random:index/randomPassword:RandomPassword postgres-app_user",
        "random:index/randomPassword:RandomPassword postgres-backup",
    ]);
});

it("tells each application its own password, and the database all of them, as secrets", async () => {
    const { inputsOf } = await made();
    const ofApp = base64("postgres-app_user-secret");
    const ofBackup = base64("postgres-backup-secret");
    expect(inputsOf("RandomPassword", "postgres-app_user")).toEqual({ length: 32, special: false });
    expect(inputsOf("Secret", "postgres-app_user")).toMatchObject({
        metadata: { name: "postgres-credentials", namespace: "llm-platform" },
        type: "kubernetes.io/basic-auth",
        data: { secret: { username: base64("app_user"), password: ofApp } },
    });
    expect(inputsOf("Secret", "postgres-backup")).toMatchObject({
        metadata: { name: "postgres-backup", namespace: "backups" },
        type: "kubernetes.io/basic-auth",
        data: { secret: { username: base64("backup"), password: ofBackup } },
    });
    expect(inputsOf("Secret", "postgres-passwords")).toMatchObject({
        metadata: { name: "postgres-passwords", namespace: "llm-platform-data" },
        data: { secret: { app_user: ofApp, backup: ofBackup } },
    });
});

it("reads six files, none with a secret", async () => {
    const { inputsOf } = await made();
    expect(inputsOf("ConfigMap")).toEqual({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata,
        data: files,
    });
    expect(Object.keys(files).sort()).toEqual([
        "openssl.cnf",
        "pg_hba.conf",
        "postgresql.conf",
        "roles.sql",
        "run.sh",
        "sessions.sql",
    ]);
});

it("lets nobody copy the instance unless it is told who", async () => {
    const { replicationRoles, ...nobody } = args;
    const { inputsOf } = await made(nobody);
    expect(replicationRoles).toHaveLength(1);
    const { data } = inputsOf("ConfigMap") as { data: Record<string, string> };
    expect(data["pg_hba.conf"]).not.toContain("hostssl replication");
    expect(data["postgresql.conf"]).toContain("max_wal_senders = '0'");
});

it("has a port that a mesh takes for bytes, and one of TLS for metrics", async () => {
    const { inputsOf } = await made();
    expect(inputsOf("Service")).toEqual({
        apiVersion: "v1",
        kind: "Service",
        metadata,
        spec: {
            selector: { app: "postgres" },
            ports: [
                { name: "tcp-postgres", appProtocol: "tcp", port: 5432, targetPort: 5432 },
                { name: "tls-metrics", appProtocol: "tls", port: 9443, targetPort: 9443 },
            ],
        },
    });
});

const inNamespace = (name: string) => ({
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});

it("is reached by the pods of its clients and by the monitor, and calls nobody", async () => {
    const { inputsOf } = await made();
    expect(inputsOf("NetworkPolicy")?.spec).toEqual({
        podSelector: { matchLabels: { app: "postgres" } },
        policyTypes: ["Ingress", "Egress"],
        ingress: [
            {
                from: [
                    {
                        ...inNamespace("llm-platform"),
                        podSelector: { matchLabels: { app: "api" } },
                    },
                ],
                ports: [{ protocol: "TCP", port: 5432 }],
            },
            fromMonitoring,
        ],
        egress: [toDns],
    });
});

it("is reached by nobody but the monitor where it has no clients", async () => {
    const { inputsOf } = await made({ ...args, clients: [] });
    expect(inputsOf("NetworkPolicy")?.spec).toMatchObject({ ingress: [fromMonitoring] });
});

it("has a certificate of a server, for the names inside and outside", async () => {
    const { inputsOf } = await made();
    expect(inputsOf("Certificate", "postgres-server")?.spec).toMatchObject({
        secretName: "postgres-server",
        dnsNames: [
            "postgres.llm-platform-data.svc",
            "postgres.llm-platform-data.svc.cluster.local",
            "postgres.local.bluefly.io",
        ],
        usages: ["digital signature", "server auth"],
    });
});

it("refuses a role that could be read as something else", () => {
    mockEngine();
    const roles = args.roles.map((role) => ({ ...role, role: 'app" all trust' }));
    expect(() => new PostgresDatabase("postgres", { ...args, roles })).toThrow(
        new Error(
            '[roles.0.role] is "app\\" all trust"; allowed 1 to 63 lower-case letters, digits and "_", no digit first',
        ),
    );
});
