import type * as k8s from "@pulumi/kubernetes";
import {
    certificateMount,
    configMount,
    podPaths,
    scratchMount,
    type Mount,
} from "../kubernetes/mounts";
import { restrictedContainer } from "../kubernetes/podSecurity";
import { drainSeconds } from "../kubernetes/workload";
import { identityOf } from "../pki/names";
import { tlsProfile } from "../tls/profile";
import type { SecureServiceArgs } from "./secureService";

/** User of the Node images. */
export const nodeUid = 1000;

/** Port on which every service shows its metrics. */
export const metricsPort = 9443;

const finishSeconds = 20;

/** Seconds that a service may take to end: routers notice, then requests finish, then a margin. */
export const serviceGraceSeconds = drainSeconds + finishSeconds + 10;

export const serviceMounts = (serverSecret: string, trustBundle: string): Mount[] => [
    certificateMount("certificate", serverSecret, "/etc/certs"),
    configMount("trust", trustBundle, "/etc/trust"),
    scratchMount("temporary", "/tmp", "16Mi"),
];

/** What a service reads at its start; docs/images.md is the contract. */
export function serviceEnv(args: SecureServiceArgs): { name: string; value: string }[] {
    const profile = tlsProfile(args.profile);
    const variables: Readonly<Record<string, string>> = {
        PORT: String(args.port),
        METRICS_PORT: String(metricsPort),
        TLS_CERTIFICATE_DIR: "/etc/certs",
        TLS_TRUST_FILE: podPaths.trustBundle,
        TLS_CIPHER_SUITES: profile.cipherSuites.join(":"),
        TLS_GROUPS: profile.groups.join(":"),
        GATEWAY_IDENTITY: identityOf(args.gateway, args.namespace),
        ALLOWED_CLIENTS: args.allowedClients.join(","),
        METRICS_CLIENTS: args.metricsClients.join(","),
        CONNECTION_MAX_AGE_SECONDS: "3600",
        DRAIN_SECONDS: String(finishSeconds),
    };
    return Object.entries(variables).map(([name, value]) => ({ name, value }));
}

export function serviceContainer(
    name: string,
    args: SecureServiceArgs,
    mounts: readonly Mount[],
): k8s.types.input.core.v1.Container {
    const healthy = { exec: { command: ["node", "/app/probe.js"] }, timeoutSeconds: 5 };
    return {
        name,
        image: args.image,
        command: ["node", "/app/server.js"],
        env: serviceEnv(args),
        ports: [{ containerPort: args.port }, { containerPort: metricsPort }],
        securityContext: restrictedContainer,
        volumeMounts: mounts.map(({ mount }) => mount),
        readinessProbe: { ...healthy, periodSeconds: 3 },
        livenessProbe: { ...healthy, periodSeconds: 15, failureThreshold: 3 },
        lifecycle: { preStop: { exec: { command: ["sleep", String(drainSeconds)] } } },
        resources: {
            requests: { cpu: "50m", memory: "96Mi" },
            limits: { cpu: "2", memory: "256Mi" },
        },
    };
}
