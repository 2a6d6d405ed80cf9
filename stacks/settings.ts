import * as pulumi from "@pulumi/pulumi";
import type { PlatformArgs } from "../components";
import { Daemon } from "../components/tls/daemons";
import { isWhole, readConfig, type RawConfig } from "./config";
import { crossErrors } from "./crossChecks";
import { secretsProviderErrors } from "./keeping";
import { bypassErrors, clusterErrors, currentCluster } from "./kubeconfig";
import { readLastUp, type LastUp } from "./lastUp";
import { pkiArgs } from "./pkiArgs";
import { pkiDue, type PkiDue } from "./pkiDue";
import type { Config } from "./schema";
import { readSecretsProvider } from "./stackFile";

/** What an environment is built from: its configuration, and what of its certificate authority is due. */
export interface Settings {
    readonly config: Config;
    readonly pki: PkiDue;
}

/** Everything that settings follow from; the clock is one of them. */
export interface Sources {
    readonly project: string;
    readonly raw: RawConfig;
    readonly env: NodeJS.ProcessEnv;
    readonly now: Date;
    readonly last: LastUp | undefined;
    /** What encrypts the state, undefined where that is not known. */
    readonly secretsProvider?: string | undefined;
}

/** Programs that an environment runs. */
const daemons = [Daemon.Nginx, Daemon.Node, Daemon.Postgres, Daemon.Redis];

/**
 * Reads the stack's settings before anything is made.
 *
 * @throws a RunError with one line for each thing that is wrong, all at once: `[key] is VALUE; allowed RANGE; FIX`
 */
export async function readSettings(): Promise<Settings> {
    const result = settingsFrom({
        project: pulumi.getProject(),
        raw: { values: pulumi.runtime.allConfig(), secretKeys: secretKeys(process.env) },
        env: process.env,
        now: new Date(),
        last: await readLastUp(),
        secretsProvider: readSecretsProvider(pulumi.getRootDirectory(), pulumi.getStack()),
    });
    if ("errors" in result) throw new pulumi.RunError(["", ...result.errors].join("\n"));
    return result;
}

/** The same from given sources, or what is wrong with them. */
export function settingsFrom({
    project,
    raw,
    env,
    now,
    last,
    secretsProvider,
}: Sources): Settings | { readonly errors: readonly string[] } {
    const { config, errors } = readConfig(project, raw);
    const due =
        config.pki &&
        pkiDue({
            ...config.pki,
            asOf: config.pki.asOf,
            now,
            leafLifetimeHours: config.leaf?.lifetime ?? 0,
            last,
        });
    const all = [
        ...errors,
        ...crossErrors(config, daemons),
        ...secretsProviderErrors(config.environment, secretsProvider),
        ...bypassErrors(raw.values),
        ...(config.cluster === undefined ? [] : clusterErrors(config.cluster, currentCluster(env))),
        ...(due !== undefined && "errors" in due ? due.errors : []),
    ];
    if (all.length > 0 || due === undefined || "errors" in due || !isWhole(config))
        return { errors: all };
    return { config, pki: due };
}

/** The language host says which values are secret. */
function secretKeys(env: NodeJS.ProcessEnv): string[] {
    const keys: unknown = JSON.parse(env.PULUMI_CONFIG_SECRET_KEYS ?? "[]");
    return Array.isArray(keys) ? keys.map(String) : [];
}

/** The platform that the settings describe. */
export const platformArgs = ({ config, pki }: Settings): PlatformArgs => ({
    domain: config.domain,
    namespace: config.namespace,
    dataNamespace: config.dataNamespace,
    certManagerNamespace: config.certManagerNamespace,
    profile: config.profile,
    pki: pkiArgs(config.pki, pki),
    leaf: {
        lifetimeHours: config.leaf.lifetime,
        renewBeforeHours: config.leaf.renewBefore,
        algorithm: config.leaf.algorithm,
    },
    gateway: config.gateway,
    api: config.api,
    postgres: { image: config.postgres.image, storage: storageArgs(config.postgres.storage) },
    redis: { image: config.redis.image, storage: storageArgs(config.redis.storage) },
    reloader: config.reloader,
    agentMesh: config.agentMesh,
    tracer: { ...config.tracer, jwks: JSON.stringify(config.tracer.jwks) },
    monitoringIdentity: config.monitoring.identity,
    administrators: config.administrators,
    tenants: config.tenants,
});

const storageArgs = ({ size, class: storageClass }: Config["postgres"]["storage"]) => ({
    size,
    ...(storageClass === undefined ? {} : { storageClass }),
});
