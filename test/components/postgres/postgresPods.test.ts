import { configHash, configHashAnnotation } from "../../../components/kubernetes/configHash";
import { restricted, restrictedContainer } from "../pods";
import { args, files, made, metadata } from "./madePostgres";

const ready = {
    exec: { command: ["/bin/sh", "/etc/postgres-conf/run.sh", "ready"] },
    timeoutSeconds: 5,
};
const probe = { exec: { command: ["node", "/app/probe.js"] }, timeoutSeconds: 5 };
const shared = [
    { name: "config", mountPath: "/etc/postgres-conf", readOnly: true },
    { name: "certificate", mountPath: "/etc/certs", readOnly: true },
    { name: "trust", mountPath: "/etc/trust", readOnly: true },
];

const database = {
    name: "postgres",
    image: "lab/postgres:17",
    command: ["/bin/sh", "/etc/postgres-conf/run.sh", "start"],
    env: [{ name: "OPENSSL_CONF", value: "/etc/postgres-conf/openssl.cnf" }],
    ports: [{ containerPort: 5432 }],
    securityContext: restrictedContainer,
    volumeMounts: [
        { name: "data", mountPath: "/var/lib/postgresql/data" },
        ...shared,
        { name: "passwords", mountPath: "/etc/postgres-credentials", readOnly: true },
        { name: "run", mountPath: "/run/postgresql" },
        { name: "temporary", mountPath: "/tmp" },
    ],
    startupProbe: { ...ready, periodSeconds: 2, failureThreshold: 1800 },
    readinessProbe: { ...ready, periodSeconds: 5 },
    livenessProbe: { ...ready, periodSeconds: 30, failureThreshold: 3 },
    resources: {
        requests: { cpu: "100m", memory: "256Mi" },
        limits: { cpu: "2", memory: "2Gi" },
    },
};

const sidecar = {
    name: "reload",
    image: "lab/reloader:0.1.0",
    command: ["node", "/app/server.js"],
    env: [
        { name: "DAEMON", value: "postgres" },
        { name: "TLS_CERTIFICATE_DIR", value: "/etc/certs" },
        { name: "TLS_TRUST_FILE", value: "/etc/trust/ca.crt" },
        { name: "TLS_CIPHER_SUITES", value: "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256" },
        { name: "TLS_GROUPS", value: "prime256v1:secp384r1" },
        { name: "METRICS_PORT", value: "9443" },
        { name: "METRICS_CLIENTS", value: "prometheus.monitoring.svc" },
        { name: "CONFIG_FILES", value: "/etc/postgres-conf/pg_hba.conf" },
        {
            name: "POSTGRES_PID_FILE",
            value: "/var/lib/postgresql/data/pgdata/postmaster.pid",
        },
    ],
    ports: [{ containerPort: 9443 }],
    securityContext: restrictedContainer,
    volumeMounts: [
        { name: "data", mountPath: "/var/lib/postgresql/data", readOnly: true },
        ...shared,
        { name: "reload-temporary", mountPath: "/tmp" },
    ],
    readinessProbe: { ...probe, periodSeconds: 5 },
    livenessProbe: { ...probe, periodSeconds: 30, failureThreshold: 3 },
    resources: {
        requests: { cpu: "10m", memory: "64Mi" },
        limits: { cpu: "500m", memory: "192Mi" },
    },
};

const memory = (name: string, sizeLimit: string) => ({
    name,
    emptyDir: { medium: "Memory", sizeLimit },
});

it("runs one restricted pod with a volume, and a sidecar that sees neither passwords nor socket", async () => {
    const { inputsOf } = await made();
    expect(inputsOf("StatefulSet")).toEqual({
        apiVersion: "apps/v1",
        kind: "StatefulSet",
        metadata,
        spec: {
            replicas: 1,
            revisionHistoryLimit: 3,
            serviceName: "postgres",
            selector: { matchLabels: { app: "postgres" } },
            template: {
                metadata: {
                    labels: { app: "postgres" },
                    annotations: { [configHashAnnotation]: configHash(files) },
                },
                spec: {
                    serviceAccountName: "postgres",
                    automountServiceAccountToken: false,
                    enableServiceLinks: false,
                    shareProcessNamespace: true,
                    terminationGracePeriodSeconds: 60,
                    securityContext: {
                        ...restricted(999),
                        fsGroupChangePolicy: "OnRootMismatch",
                    },
                    containers: [database, sidecar],
                    volumes: [
                        { name: "config", configMap: { name: "postgres" } },
                        {
                            name: "certificate",
                            secret: { secretName: "postgres-server", defaultMode: 0o440 },
                        },
                        { name: "trust", configMap: { name: "workload-trust" } },
                        {
                            name: "passwords",
                            secret: { secretName: "postgres-passwords", defaultMode: 0o440 },
                        },
                        memory("run", "1Mi"),
                        memory("temporary", "16Mi"),
                        memory("reload-temporary", "16Mi"),
                    ],
                },
            },
            volumeClaimTemplates: [
                {
                    metadata: { name: "data" },
                    spec: {
                        accessModes: ["ReadWriteOnce"],
                        resources: { requests: { storage: "10Gi" } },
                    },
                },
            ],
        },
    });
});

it("takes the storage class that it is given", async () => {
    const { inputsOf } = await made({ ...args, storage: { size: "1Gi", storageClass: "fast" } });
    expect(inputsOf("StatefulSet")?.spec).toMatchObject({
        volumeClaimTemplates: [{ spec: { storageClassName: "fast" } }],
    });
});
