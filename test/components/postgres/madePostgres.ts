import {
    PostgresDatabase,
    type PostgresDatabaseArgs,
} from "../../../components/postgres/postgresDatabase";
import { postgresFiles } from "../../../components/postgres/postgresPods";
import { KeyAlgorithm, TlsProfileName } from "../../../components/tls/profile";
import { mockEngine, recorded } from "../recorded";

/** A database of one application and of one backup. */
export const args: PostgresDatabaseArgs = {
    namespace: "llm-platform-data",
    image: "lab/postgres:17",
    reloaderImage: "lab/reloader:0.1.0",
    profile: TlsProfileName.Fips,
    trustBundleName: "workload-trust",
    issuance: {
        issuerName: "internal-ca",
        issuerKind: "ClusterIssuer",
        lifetimeHours: 2160,
        renewBeforeHours: 720,
        algorithm: KeyAlgorithm.EcdsaP256,
    },
    host: "postgres.local.bluefly.io",
    storage: { size: "10Gi" },
    roles: [
        {
            role: "app_user",
            database: "llm_platform",
            namespace: "llm-platform",
            credentialsSecretName: "postgres-credentials",
        },
    ],
    replicationRoles: [
        {
            role: "backup",
            namespace: "backups",
            credentialsSecretName: "postgres-backup",
        },
    ],
    clients: [{ namespace: "llm-platform", service: "api" }],
    metricsClients: ["prometheus.monitoring.svc"],
    monitoringNamespace: "monitoring",
};

const roles = {
    roles: [{ role: "app_user", database: "llm_platform" }],
    replicationRoles: ["backup"],
};

export const files = postgresFiles(TlsProfileName.Fips, roles);

/** What the engine is asked for. */
export const made = async (given = args) => {
    mockEngine(({ type, name }) =>
        type === "random:index/randomPassword:RandomPassword" ? { result: `${name}-secret` } : {},
    );
    const database = new PostgresDatabase("postgres", given);
    const resources = await recorded();
    const inputsOf = (kind: string, name = "postgres") =>
        resources.find((one) => one.type.endsWith(`:${kind}`) && one.name === name)?.inputs;
    return { database, resources, inputsOf };
};

export const metadata = { name: "postgres", namespace: "llm-platform-data" };
