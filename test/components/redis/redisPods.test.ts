import { readConfig } from "../../../services/reloader/config";
import { restricted, restrictedContainer } from "../pods";
import { made, metadata } from "./madeRedis";

const probe = (mode: string) => ({
    exec: { command: ["/bin/sh", "/etc/redis-conf/probe.sh", mode] },
    timeoutSeconds: 3,
});
const asked = { exec: { command: ["node", "/app/probe.js"] }, timeoutSeconds: 5 };
const shared = [
    { name: "config", mountPath: "/etc/redis-conf", readOnly: true },
    { name: "certificate", mountPath: "/etc/certs", readOnly: true },
    { name: "trust", mountPath: "/etc/trust", readOnly: true },
    { name: "run", mountPath: "/run/redis" },
];
const secretVolume = (name: string, secretName: string) => ({
    name,
    secret: { secretName, defaultMode: 0o440 },
});

const redisContainer = {
    name: "redis",
    image: "lab/redis:8.0",
    command: ["redis-server", "/etc/redis-conf/redis.conf"],
    env: [{ name: "OPENSSL_CONF", value: "/etc/redis-conf/openssl.cnf" }],
    ports: [{ containerPort: 6380 }],
    securityContext: restrictedContainer,
    volumeMounts: [
        ...shared,
        { name: "users", mountPath: "/etc/redis-users", readOnly: true },
        { name: "probe", mountPath: "/etc/redis-probe", readOnly: true },
        { name: "data", mountPath: "/data" },
    ],
    readinessProbe: { ...probe("ready"), periodSeconds: 3 },
    livenessProbe: { ...probe("live"), periodSeconds: 10, failureThreshold: 3 },
    lifecycle: { preStop: { exec: { command: ["sleep", "5"] } } },
    resources: {
        requests: { cpu: "50m", memory: "160Mi" },
        limits: { cpu: "2", memory: "320Mi" },
    },
};

const reloadContainer = {
    name: "reload",
    image: "lab/reloader:0.1.0",
    command: ["node", "/app/server.js"],
    env: [
        { name: "DAEMON", value: "redis" },
        { name: "TLS_CERTIFICATE_DIR", value: "/etc/certs" },
        { name: "TLS_TRUST_FILE", value: "/etc/trust/ca.crt" },
        { name: "TLS_CIPHER_SUITES", value: "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256" },
        { name: "TLS_GROUPS", value: "prime256v1:secp384r1" },
        { name: "METRICS_PORT", value: "9443" },
        { name: "METRICS_CLIENTS", value: "prometheus.monitoring.svc" },
        { name: "REDIS_SOCKET", value: "/run/redis/redis.sock" },
        { name: "REDIS_CONFIG_FILE", value: "/etc/redis-conf/redis.conf" },
        { name: "REDIS_RELOAD_USER", value: "reload" },
        { name: "REDIS_RELOAD_PASSWORD_FILE", value: "/etc/redis-reload/password" },
    ],
    ports: [{ containerPort: 9443 }],
    securityContext: restrictedContainer,
    // The one password that may change a running Redis is here and in no other container.
    volumeMounts: [
        ...shared,
        { name: "reload", mountPath: "/etc/redis-reload", readOnly: true },
        { name: "temporary", mountPath: "/tmp" },
    ],
    readinessProbe: { ...asked, periodSeconds: 3 },
    livenessProbe: { ...asked, periodSeconds: 15, failureThreshold: 3 },
    resources: {
        requests: { cpu: "10m", memory: "64Mi" },
        limits: { cpu: "500m", memory: "128Mi" },
    },
};

it("runs one restricted pod of Redis and its sidecar on a volume that stays", async () => {
    const { inputsOf } = await made();
    expect(inputsOf("StatefulSet")).toEqual({
        apiVersion: "apps/v1",
        kind: "StatefulSet",
        metadata,
        spec: {
            replicas: 1,
            revisionHistoryLimit: 3,
            serviceName: "redis",
            selector: { matchLabels: { app: "redis" } },
            template: {
                metadata: {
                    labels: { app: "redis" },
                    annotations: {
                        "encryption-in-transit/config-sha256": expect.stringMatching(
                            /^[0-9a-f]{64}$/,
                        ) as string,
                    },
                },
                spec: {
                    serviceAccountName: "redis",
                    automountServiceAccountToken: false,
                    enableServiceLinks: false,
                    shareProcessNamespace: false,
                    terminationGracePeriodSeconds: 25,
                    securityContext: {
                        ...restricted(999),
                        fsGroupChangePolicy: "OnRootMismatch",
                    },
                    containers: [redisContainer, reloadContainer],
                    volumes: [
                        { name: "config", configMap: { name: "redis" } },
                        secretVolume("certificate", "redis-server"),
                        { name: "trust", configMap: { name: "workload-trust" } },
                        { name: "run", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
                        secretVolume("users", "redis-users"),
                        secretVolume("probe", "redis-probe"),
                        secretVolume("reload", "redis-reload"),
                        { name: "temporary", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
                    ],
                },
            },
            volumeClaimTemplates: [
                {
                    metadata: { name: "data" },
                    spec: {
                        accessModes: ["ReadWriteOnce"],
                        resources: { requests: { storage: "1Gi" } },
                    },
                },
            ],
        },
    });
});

it("asks for the storage class that it is given", async () => {
    const { inputsOf } = await made({ storage: { size: "1Gi", storageClass: "fast" } });
    expect(inputsOf("StatefulSet")?.spec).toMatchObject({
        volumeClaimTemplates: [{ spec: { storageClassName: "fast" } }],
    });
});

it("tells the sidecar all that it needs, in files that it can see", () => {
    const env = Object.fromEntries(reloadContainer.env.map(({ name, value }) => [name, value]));
    const read = readConfig(env);
    expect(read).not.toHaveProperty("errors");
    const seen = reloadContainer.volumeMounts.map(({ mountPath }) => mountPath);
    const paths = JSON.stringify(read).match(/(?<=")\/[^"]+/g) ?? [];
    expect(paths).toContain("/etc/redis-reload/password");
    for (const path of paths)
        expect(seen.filter((mount) => path === mount || path.startsWith(`${mount}/`))).toHaveLength(
            1,
        );
});
