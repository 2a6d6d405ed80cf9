import { X509Certificate } from "node:crypto";
import { messageOf } from "./errors";
import type { Credentials } from "./hop";
import type { JobManifest } from "./job";
import { CannotStart, type StackOutputs } from "./stack";

/** Something in a namespace. */
export interface ObjectName {
    readonly namespace: string;
    readonly name: string;
}

/** All that the verifier does at an API server. Errors say why in one line, and hold nothing of a Secret. */
export interface Cluster {
    /** The texts in a Secret by key, decoded. */
    readonly readSecret: (object: ObjectName) => Promise<Readonly<Record<string, string>>>;
    readonly readConfigMap: (object: ObjectName) => Promise<Readonly<Record<string, string>>>;
    readonly createJob: (manifest: JobManifest) => Promise<void>;
    /** Whether a Job has ended, well or not. */
    readonly hasEnded: (job: ObjectName) => Promise<boolean>;
    /** What a Job's pod printed. */
    readonly readLog: (job: ObjectName) => Promise<string>;
    /** Deletes a Job and its pods. */
    readonly deleteJob: (job: ObjectName) => Promise<void>;
}

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

/**
 * Reads the trust bundle, the verifier's credentials and the certificates that were issued. Of the servers' Secrets only the
 * certificate is kept.
 *
 * @throws CannotStart with the kind, name and key of what is missing
 */
export async function readMaterial(
    cluster: Pick<Cluster, "readSecret" | "readConfigMap">,
    outputs: StackOutputs,
): Promise<ClusterMaterial> {
    const { namespace, trustBundleName, trustBundleKey } = outputs;
    const from = async (kind: "Secret" | "ConfigMap", name: string, key: string) => {
        const what = `${kind} ${namespace}/${name}`;
        const read = kind === "Secret" ? cluster.readSecret : cluster.readConfigMap;
        const value = (await found(what, read({ namespace, name })))[key];
        if (value === undefined || value === "") throw new CannotStart(`${what}: no key ${key}`);
        return value;
    };
    const issued = async (secret: string): Promise<string> => {
        const pem = await from("Secret", secret, "tls.crt");
        if (isCertificate(pem)) return pem;
        throw new CannotStart(`Secret ${namespace}/${secret}: tls.crt holds no certificate`);
    };
    return {
        trustBundle: await from("ConfigMap", trustBundleName, trustBundleKey),
        verifier: {
            certificate: await from("Secret", outputs.verifierSecret, "tls.crt"),
            privateKey: await from("Secret", outputs.verifierSecret, "tls.key"),
        },
        gatewayIssued: await issued(outputs.gatewayServerSecret),
        apiIssued: await issued(outputs.apiServerSecret),
    };
}

async function found<T>(what: string, reading: Promise<T>): Promise<T> {
    try {
        return await reading;
    } catch (error) {
        throw new CannotStart(`${what}: ${messageOf(error)}`);
    }
}

function isCertificate(pem: string): boolean {
    try {
        return new X509Certificate(pem).raw.length > 0;
    } catch {
        return false;
    }
}
