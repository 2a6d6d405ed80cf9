import { ClientCertificates } from "../../../components/gateway/nginxConf";
import { NginxGateway, type NginxGatewayArgs } from "../../../components/gateway/nginxGateway";
import { KeyAlgorithm, TlsProfileName } from "../../../components/tls/profile";
import { fromMonitoring, restricted, restrictedContainer, rolling, spread, toDns } from "../pods";
import { mockEngine, recorded, type Recorded } from "../recorded";

const args: NginxGatewayArgs = {
    namespace: "llm-platform",
    image: "lab/nginx:1.26",
    replicas: 2,
    profile: TlsProfileName.Modern,
    routes: [
        {
            host: "gateway.local.bluefly.io",
            service: "api",
            port: 3001,
            clientCertificates: ClientCertificates.Required,
        },
    ],
    trustBundleName: "workload-trust",
    issuance: {
        issuerName: "internal-ca",
        issuerKind: "ClusterIssuer",
        lifetimeHours: 2160,
        renewBeforeHours: 720,
        algorithm: KeyAlgorithm.EcdsaP256,
    },
    metricsClients: ["prometheus.monitoring.svc"],
    monitoringNamespace: "monitoring",
};

const made = async (changes: Partial<NginxGatewayArgs> = {}) => {
    mockEngine();
    const gateway = new NginxGateway("gateway", { ...args, ...changes });
    const resources = await recorded();
    const inputsOf = (kind: string, name = "gateway") =>
        resources.find((one) => one.type.endsWith(`:${kind}`) && one.name === name)?.inputs as
            Record<string, Recorded["inputs"]> | undefined;
    return { gateway, resources, inputsOf };
};

const metadata = { name: "gateway", namespace: "llm-platform" };
const tcp = (port: number) => ({ protocol: "TCP", port });

/** What both containers of the pod have. */
const shared = {
    image: "lab/nginx:1.26",
    securityContext: restrictedContainer,
    volumeMounts: [
        { name: "config", mountPath: "/etc/nginx-conf", readOnly: true },
        { name: "certificate", mountPath: "/etc/certs", readOnly: true },
        { name: "client-certificate", mountPath: "/etc/client-certs", readOnly: true },
        { name: "trust", mountPath: "/etc/trust", readOnly: true },
        { name: "run", mountPath: "/run/nginx" },
        { name: "temporary", mountPath: "/tmp" },
    ],
};

const probe = {
    exec: {
        command: [
            "curl",
            "--silent",
            "--fail",
            "--max-time",
            "2",
            "--unix-socket",
            "/run/nginx/health.sock",
            "http://localhost/healthz",
        ],
    },
    timeoutSeconds: 3,
};

it("gives away its identity and the Secret of its certificate", async () => {
    const { gateway } = await made();
    expect(gateway).toMatchObject({
        identity: "gateway.llm-platform.svc",
        serverSecretName: "gateway-server",
    });
});

it("has these children", async () => {
    const { resources } = await made();
    expect(resources.map(({ type, name }) => `${type} ${name}`)).toEqual([
        "kubernetes:apps/v1:Deployment gateway",
        "kubernetes:cert-manager.io/v1:Certificate gateway-client",
        "kubernetes:cert-manager.io/v1:Certificate gateway-server",
        "kubernetes:core/v1:ConfigMap gateway",
        "kubernetes:core/v1:Service gateway",
        "kubernetes:core/v1:Service gateway-metrics",
        "kubernetes:core/v1:ServiceAccount gateway",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy gateway",
        "kubernetes:policy/v1:PodDisruptionBudget gateway",
    ]);
});

it("runs restricted pods of nginx and its sidecar", async () => {
    const { inputsOf } = await made();
    const deployment = inputsOf("Deployment");
    expect(deployment).toEqual({
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata,
        spec: {
            replicas: 2,
            revisionHistoryLimit: 3,
            selector: { matchLabels: { app: "gateway" } },
            strategy: rolling,
            template: {
                metadata: {
                    labels: { app: "gateway" },
                    annotations: {
                        "encryption-in-transit/config-sha256": expect.stringMatching(
                            /^[0-9a-f]{64}$/,
                        ) as string,
                    },
                },
                spec: {
                    serviceAccountName: "gateway",
                    automountServiceAccountToken: false,
                    enableServiceLinks: false,
                    shareProcessNamespace: true,
                    terminationGracePeriodSeconds: 45,
                    securityContext: restricted(101),
                    topologySpreadConstraints: spread("gateway"),
                    containers: [
                        {
                            ...shared,
                            name: "nginx",
                            command: ["/bin/sh", "/etc/nginx-conf/run.sh", "start"],
                            ports: [
                                { containerPort: 8443 },
                                { containerPort: 8080 },
                                { containerPort: 9443 },
                            ],
                            readinessProbe: { ...probe, periodSeconds: 2 },
                            livenessProbe: { ...probe, periodSeconds: 10, failureThreshold: 3 },
                            lifecycle: {
                                preStop: {
                                    exec: {
                                        command: ["/bin/sh", "/etc/nginx-conf/run.sh", "stop"],
                                    },
                                },
                            },
                            resources: {
                                requests: { cpu: "50m", memory: "64Mi" },
                                limits: { cpu: "2", memory: "256Mi" },
                            },
                        },
                        {
                            ...shared,
                            name: "reload",
                            command: ["/bin/sh", "/etc/nginx-conf/run.sh", "watch"],
                            resources: {
                                requests: { cpu: "10m", memory: "16Mi" },
                                limits: { cpu: "500m", memory: "64Mi" },
                            },
                        },
                    ],
                    volumes: [
                        { name: "config", configMap: { name: "gateway" } },
                        {
                            name: "certificate",
                            secret: { secretName: "gateway-server", defaultMode: 0o440 },
                        },
                        {
                            name: "client-certificate",
                            secret: { secretName: "gateway-client", defaultMode: 0o440 },
                        },
                        { name: "trust", configMap: { name: "workload-trust" } },
                        { name: "run", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
                        { name: "temporary", emptyDir: { medium: "Memory", sizeLimit: "64Mi" } },
                    ],
                },
            },
        },
    });
});

it("rolls its pods when its config changes, and only then", async () => {
    const annotation = async (changes: Partial<NginxGatewayArgs>) =>
        JSON.stringify((await made(changes)).inputsOf("Deployment")?.spec).match(
            /[0-9a-f]{64}/,
        )?.[0];
    const before = await annotation({});
    expect(await annotation({ replicas: 3 })).toBe(before);
    expect(await annotation({ profile: TlsProfileName.Fips })).not.toBe(before);
});

it("mounts the config and the script that it renders", async () => {
    const { inputsOf } = await made();
    const data = inputsOf("ConfigMap")?.data as Record<string, string>;
    expect(Object.keys(data)).toEqual(["nginx.conf", "run.sh"]);
    expect(data["nginx.conf"]).toContain(
        "server_name gateway.llm-platform.svc gateway.llm-platform.svc.cluster.local gateway.local.bluefly.io;",
    );
    expect(data["run.sh"]).toContain(
        'files="/etc/certs/tls.crt /etc/certs/tls.key /etc/client-certs/tls.crt /etc/client-certs/tls.key /etc/nginx-conf/nginx.conf /etc/trust/ca.crt"',
    );
});

it("offers TLS and the redirect to the world, metrics to the cluster alone", async () => {
    const { inputsOf } = await made();
    expect(inputsOf("Service")).toEqual({
        apiVersion: "v1",
        kind: "Service",
        metadata: {
            ...metadata,
            annotations: {
                "external-dns.alpha.kubernetes.io/hostname": "gateway.local.bluefly.io",
            },
        },
        spec: {
            type: "LoadBalancer",
            selector: { app: "gateway" },
            ports: [
                { name: "tls-gateway", appProtocol: "tls", port: 443, targetPort: 8443 },
                { name: "http-redirect", appProtocol: "http", port: 80, targetPort: 8080 },
            ],
        },
    });
    expect(inputsOf("Service", "gateway-metrics")).toEqual({
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "gateway-metrics", namespace: "llm-platform" },
        spec: {
            selector: { app: "gateway" },
            ports: [{ name: "tls-metrics", appProtocol: "tls", port: 9443, targetPort: 9443 }],
        },
    });
});

it("leads each host to its own service, as a WebSocket where the route says so", async () => {
    const tracer = {
        host: "tracer.local.bluefly.io",
        service: "tracer",
        port: 3002,
        clientCertificates: ClientCertificates.Required,
        webSocket: true,
    };
    const { inputsOf } = await made({ routes: [...args.routes, tracer] });
    const { data } = inputsOf("ConfigMap") as { data: Record<string, string> };
    const [, gateway, stream] = (data["nginx.conf"] ?? "").split("  server_name ");
    expect(gateway).toContain("proxy_pass https://api.llm-platform.svc-3001;");
    expect(gateway).not.toContain("Upgrade");
    expect(stream).toMatch(/^tracer\.local\.bluefly\.io;/);
    expect(stream).toContain("proxy_pass https://tracer.llm-platform.svc-3002;");
    expect(stream).toContain("proxy_set_header Upgrade $websocket_upgrade;");
    expect(inputsOf("Service")?.metadata).toMatchObject({
        annotations: {
            "external-dns.alpha.kubernetes.io/hostname":
                "gateway.local.bluefly.io,tracer.local.bluefly.io",
        },
    });
    expect(inputsOf("Certificate", "gateway-server")?.spec?.dnsNames).toContain(tracer.host);
});

it("is reached by everyone, and reaches the services behind it", async () => {
    const { inputsOf } = await made();
    expect(inputsOf("NetworkPolicy")?.spec).toEqual({
        podSelector: { matchLabels: { app: "gateway" } },
        policyTypes: ["Ingress", "Egress"],
        ingress: [{ ports: [tcp(8443), tcp(8080)] }, fromMonitoring],
        egress: [
            toDns,
            { to: [{ podSelector: { matchLabels: { app: "api" } } }], ports: [tcp(3001)] },
        ],
    });
});

it("has one certificate for clients and another for services", async () => {
    const { inputsOf } = await made();
    expect(inputsOf("Certificate", "gateway-server")?.spec).toMatchObject({
        dnsNames: [
            "gateway.llm-platform.svc",
            "gateway.llm-platform.svc.cluster.local",
            "gateway.local.bluefly.io",
        ],
        usages: ["digital signature", "server auth"],
    });
    expect(inputsOf("Certificate", "gateway-client")?.spec).toMatchObject({
        dnsNames: ["gateway.llm-platform.svc"],
        usages: ["digital signature", "client auth"],
    });
});

it("answers to its own names for the first route alone", async () => {
    const second = { ...args.routes[0], host: "other.local.bluefly.io" };
    const { inputsOf } = await made({ routes: [...args.routes, second] as typeof args.routes });
    const conf = (inputsOf("ConfigMap")?.data as Record<string, string>)["nginx.conf"];
    expect(conf).toContain("    server_name other.local.bluefly.io;");
    expect(inputsOf("Certificate", "gateway-server")?.spec).toMatchObject({
        dnsNames: expect.arrayContaining(["other.local.bluefly.io"]) as string[],
    });
});
