import type * as k8s from "@pulumi/kubernetes";
import {
    certificateMount,
    configMount,
    podPaths,
    scratchMount,
    secretMount,
    type Mount,
} from "../kubernetes/mounts";
import { restrictedContainer } from "../kubernetes/podSecurity";
import { drainSeconds } from "../kubernetes/workload";
import { identityOf } from "../pki/names";
import { connectionMaxAgeSeconds } from "../tls/connectionAge";
import { tlsProfile } from "../tls/profile";
import type { SecureServiceArgs } from "./secureService";

/** User of the Node images. */
export const nodeUid = 1000;

/** Port on which every service shows its metrics. */
export const metricsPort = 9443;

const finishSeconds = 20;

/** Seconds that a service may take to end: routers notice, then requests finish, then a margin. */
export const serviceGraceSeconds = drainSeconds + finishSeconds + 10;

/** Everything that a service's container sees, under the names of what is mounted. */
export const serviceMounts = (
    { trustBundleName, secrets = [], configMaps = [] }: SecureServiceArgs,
    serverSecret: string,
    clientSecret: string | undefined,
): Mount[] => [
    certificateMount("certificate", serverSecret, "/etc/certs"),
    ...(clientSecret === undefined
        ? []
        : [certificateMount("client-certificate", clientSecret, "/etc/client-certs")]),
    configMount("trust", trustBundleName, "/etc/trust"),
    ...secrets.map(({ name, mountPath }) => secretMount(`secret-${name}`, name, mountPath)),
    ...configMaps.map(({ name, mountPath }) => configMount(`config-${name}`, name, mountPath)),
    scratchMount("temporary", "/tmp", "16Mi"),
];

/**
 * What a service reads at its start; docs/images.md is the contract.
 *
 * @throws an error that names the argument, if `env` has a variable of the contract
 */
export function serviceEnv(args: SecureServiceArgs): { name: string; value: string }[] {
    const contract = { ...everyService(args), ...whoCalls(args) };
    const own = args.env ?? {};
    const taken = Object.keys(own).find((name) => name in contract);
    if (taken !== undefined)
        throw new Error(`[env] has ${taken}, which follows from other arguments; leave it out`);
    return Object.entries({ ...contract, ...own }).map(([name, value]) => ({ name, value }));
}

const everyService = ({ port, profile, metricsClients }: SecureServiceArgs) => ({
    PORT: String(port),
    METRICS_PORT: String(metricsPort),
    TLS_CERTIFICATE_DIR: "/etc/certs",
    TLS_TRUST_FILE: podPaths.trustBundle,
    TLS_CIPHER_SUITES: tlsProfile(profile).cipherSuites.join(":"),
    TLS_GROUPS: tlsProfile(profile).groups.join(":"),
    METRICS_CLIENTS: metricsClients.join(","),
    CONNECTION_MAX_AGE_SECONDS: String(connectionMaxAgeSeconds),
    DRAIN_SECONDS: String(finishSeconds),
});

const whoCalls = ({ namespace, gateway, allowedClients, calls }: SecureServiceArgs) => ({
    ...(gateway === undefined ? {} : { GATEWAY_IDENTITY: identityOf(gateway, namespace) }),
    ...(allowedClients === undefined ? {} : { ALLOWED_CLIENTS: allowedClients.join(",") }),
    ...(calls === undefined ? {} : { TLS_CLIENT_CERTIFICATE_DIR: "/etc/client-certs" }),
});

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
