import { BatchV1Api, CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { codeOf, messageOf } from "./errors";
import type { Credentials } from "./hop";
import { CannotStart, type StackOutputs } from "./stack";

/** What the verifier takes from the cluster before it looks at anything. */
export interface ClusterMaterial {
    /** PEM of the roots, from the trust bundle's ConfigMap. */
    readonly trustBundle: string;
    /** The verifier's client certificate with its key. */
    readonly verifier: Credentials;
    /** PEM of what was issued last to the gateway. */
    readonly gatewayIssued: string;
    /** PEM of what was issued last to the api. */
    readonly apiIssued: string;
}

export interface Cluster {
    readonly core: CoreV1Api;
    readonly batch: BatchV1Api;
}

/**
 * The cluster of the current context: `KUBECONFIG`, else the file in the home folder.
 *
 * @throws CannotStart where there is no such context
 */
export function openCluster(): Cluster {
    const config = new KubeConfig();
    try {
        config.loadFromDefault();
        return { core: config.makeApiClient(CoreV1Api), batch: config.makeApiClient(BatchV1Api) };
    } catch (error) {
        throw new CannotStart(`kubeconfig: ${messageOf(error)}`);
    }
}

/**
 * Reads the trust bundle, the verifier's credentials and the certificates that were issued. Of the servers' Secrets only the
 * certificate is kept.
 *
 * @throws CannotStart with the kind, name and key of what is missing
 */
export async function readMaterial(
    { core }: Pick<Cluster, "core">,
    outputs: StackOutputs,
): Promise<ClusterMaterial> {
    const { namespace, trustBundleName, trustBundleKey } = outputs;
    const readSecret = async (name: string): Promise<(key: string) => string> => {
        const where = `Secret ${namespace}/${name}`;
        const { data } = await found(where, core.readNamespacedSecret({ namespace, name }));
        return (key) => Buffer.from(entry(where, data, key), "base64").toString();
    };
    const [bundle, verifier, gateway, api] = await Promise.all([
        found(
            `ConfigMap ${namespace}/${trustBundleName}`,
            core.readNamespacedConfigMap({ namespace, name: trustBundleName }),
        ),
        readSecret(outputs.verifierSecret),
        readSecret(outputs.gatewayServerSecret),
        readSecret(outputs.apiServerSecret),
    ]);
    return {
        trustBundle: entry(
            `ConfigMap ${namespace}/${trustBundleName}`,
            bundle.data,
            trustBundleKey,
        ),
        verifier: { certificate: verifier("tls.crt"), privateKey: verifier("tls.key") },
        gatewayIssued: gateway("tls.crt"),
        apiIssued: api("tls.crt"),
    };
}

async function found<T>(what: string, reading: Promise<T>): Promise<T> {
    try {
        return await reading;
    } catch (error) {
        throw new CannotStart(`${what}: ${reasonOf(error)}`);
    }
}

/** The API server's answer without its body, which for a Secret is not to be printed. */
function reasonOf(error: unknown): string {
    const code = codeOf(error);
    if (code === "404") return "does not exist";
    if (/^\d{3}$/.test(code)) return `the API server answered ${code}`;
    return messageOf(error);
}

function entry(what: string, data: Record<string, string> | undefined, key: string): string {
    const value = data?.[key];
    if (value === undefined || value === "") throw new CannotStart(`${what}: no key ${key}`);
    return value;
}
