import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RawConfig } from "../../stacks/config";
import { temporaryFolder } from "./temporaryFolder";

export const project = "encryption-in-transit";

/** A public key whose private half nobody has. */
export const publicKey = {
    kty: "EC",
    kid: "one",
    crv: "P-256",
    x: "uscTZdrx4yJRIMRFhoQX4KxtN4Nwr8Bn6eeOQDRPBY0",
    y: "T0-0iWD8Rf08oQLWlTzXFdOmbZ-XAmlKd5URpjRA-7o",
};

/** A whole configuration that is right, as values of any kind; each test changes one of them. */
export const compliant: Readonly<Record<string, unknown>> = {
    environment: "lab",
    cluster: "lab",
    domain: "local.bluefly.io",
    namespace: "llm-platform",
    profile: "modern",
    pki: { rootMode: "managed", epoch: "2026-11-01" },
    leaf: { lifetime: "2160h", renewBefore: "720h", algorithm: "ECDSA-P256" },
    gateway: { image: "lab/nginx:1.26", replicas: 2 },
    api: { image: "lab/api:0.1.0", replicas: 2, clients: [] },
    postgres: { image: "lab/postgres:17", storage: { size: "1Gi" } },
    redis: { image: "lab/redis:8.0", storage: { size: "1Gi" } },
    reloader: { image: "lab/reloader:0.1.0" },
    agentMesh: { image: "lab/agent-mesh:0.1.0", replicas: 2, clients: [] },
    tracer: {
        image: "lab/tracer:0.1.0",
        replicas: 2,
        clients: [],
        origins: [],
        issuer: "https://id.local.bluefly.io",
        audience: "tracer",
        algorithm: "ES256",
        jwks: { keys: [publicKey] },
    },
    verifier: { image: "lab/verify:0.1.0" },
    monitoring: { identity: "prometheus.monitoring.svc" },
};

/** The same with every image by digest, as staging and prod demand it; of no image in particular. */
export const byDigest: Readonly<Record<string, unknown>> = Object.fromEntries(
    Object.entries(compliant).map(([key, value]) => [key, withDigest(value)]),
);

function withDigest(value: unknown): unknown {
    if (typeof value !== "object" || value === null || !("image" in value)) return value;
    return { ...value, image: `${String(value.image)}@sha256:${"5".repeat(64)}` };
}

/** The same as the engine hands it over: texts as they are, everything else as JSON. */
export const raw = (
    changes: Readonly<Record<string, unknown>> = {},
    secretKeys: readonly string[] = [],
): RawConfig => ({
    values: Object.fromEntries(
        Object.entries({ ...compliant, ...changes })
            .filter(([, value]) => value !== undefined)
            .map(([key, value]) => [
                key.includes(":") ? key : `${project}:${key}`,
                typeof value === "string" ? value : JSON.stringify(value),
            ]),
    ),
    secretKeys: secretKeys.map((key) => `${project}:${key}`),
});

/** A KUBECONFIG whose current context leads to a cluster of that name. */
export function kubeconfigOf(cluster: string, context = "here"): string {
    const path = join(temporaryFolder(), "config");
    writeFileSync(
        path,
        JSON.stringify({
            "current-context": context,
            contexts: [{ name: context, context: { cluster, user: "me" } }],
            users: [{ name: "me", user: { token: "planted-token" } }],
        }),
    );
    return path;
}
