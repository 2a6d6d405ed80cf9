import { X509Certificate } from "node:crypto";
import { issuedCertificate } from "./checks/certificate";
import { messageOf } from "./errors";
import type { Credentials, IssuedCertificate } from "./hop";
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

/** A workload that shows a certificate. */
export type Server = "gateway" | "api" | "postgres" | "redis" | "agentMesh" | "tracer";

/** What the verifier takes from the cluster before it looks at anything. */
export interface ClusterMaterial {
    /** PEM of the roots, from the trust bundle's ConfigMap. */
    readonly trustBundle: string;
    /** The verifier's client certificate with its key. */
    readonly verifier: Credentials;
    /** What was issued last to each server. */
    readonly issued: Readonly<Record<Server, IssuedCertificate>>;
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
    const { namespace, dataNamespace, trustBundleName, trustBundleKey, verifierSecret } = outputs;
    const bundle = { namespace, name: trustBundleName };
    const own = { namespace, name: verifierSecret };
    const issued = (place: string, name: string) => readIssued(cluster, { namespace: place, name });
    return {
        trustBundle: await readKey("ConfigMap", cluster.readConfigMap, bundle, trustBundleKey),
        verifier: {
            certificate: await readKey("Secret", cluster.readSecret, own, "tls.crt"),
            privateKey: await readKey("Secret", cluster.readSecret, own, "tls.key"),
        },
        issued: {
            gateway: await issued(namespace, outputs.gatewayServerSecret),
            api: await issued(namespace, outputs.apiServerSecret),
            postgres: await issued(dataNamespace, outputs.postgresServerSecret),
            redis: await issued(dataNamespace, outputs.redisServerSecret),
            agentMesh: await issued(namespace, outputs.agentMeshServerSecret),
            tracer: await issued(namespace, outputs.tracerServerSecret),
        },
    };
}

async function readKey(
    kind: "Secret" | "ConfigMap",
    read: Cluster["readSecret"],
    object: ObjectName,
    key: string,
): Promise<string> {
    const what = `${kind} ${object.namespace}/${object.name}`;
    const value = (await found(what, read(object)))[key];
    if (value === undefined || value === "") throw new CannotStart(`${what}: no key ${key}`);
    return value;
}

async function readIssued(
    { readSecret }: Pick<Cluster, "readSecret">,
    object: ObjectName,
): Promise<IssuedCertificate> {
    const pem = await readKey("Secret", readSecret, object, "tls.crt");
    try {
        return issuedCertificate(new X509Certificate(pem));
    } catch {
        const { namespace, name } = object;
        throw new CannotStart(`Secret ${namespace}/${name}: tls.crt holds no certificate`);
    }
}

async function found<T>(what: string, reading: Promise<T>): Promise<T> {
    try {
        return await reading;
    } catch (error) {
        throw new CannotStart(`${what}: ${messageOf(error)}`);
    }
}
