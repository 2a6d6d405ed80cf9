import {
    CoreV1Api,
    KubeConfig,
    makeInformer,
    PatchStrategy,
    setHeaderOptions,
    type V1Service,
} from "@kubernetes/client-node";
import { readFileSync } from "node:fs";
import path from "node:path";
import { writeAtomically } from "../../host/files";
import { cluster } from "../settings";
import {
    assignAddresses,
    localPortCandidates,
    renderHosts,
    targetsOf,
    type Forward,
    type LoadBalancer,
} from "./forwardTable";
import { listen, type Listener } from "./listen";

/** Names of a Service for the world outside, comma separated: the annotation that external-dns reads in other clusters. */
const HOSTNAME_ANNOTATION = "external-dns.alpha.kubernetes.io/hostname";

/** Where the half outside finds things; all paths are absolute. */
export interface EdgeSettings {
    readonly socketFile: string;
    readonly kubeconfig: string;
    readonly apiPort: number;
    readonly domain: string;
    readonly forwardsFile: string;
    readonly hostsFile: string;
}

/**
 * The half outside: forwards the API server's port, then stands in for a cloud's load balancer. It gives every Service of that type
 * an address of the node, opens a port of 127.0.0.1 for each of its ports, and writes down which is which.
 */
class Outside {
    private readonly listeners = new Map<
        string,
        { readonly localPort: number; readonly listener: Listener }
    >();
    private readonly previous: ReadonlyMap<string, number>;
    private readonly api: CoreV1Api;
    private readonly config = new KubeConfig();
    private current: Promise<void> = Promise.resolve();

    constructor(private readonly settings: EdgeSettings) {
        this.config.loadFromFile(settings.kubeconfig);
        this.api = this.config.makeApiClient(CoreV1Api);
        this.previous = readPreviousPorts(settings.forwardsFile);
    }

    async run(): Promise<void> {
        const { apiPort, socketFile } = this.settings;
        await listen(
            apiPort,
            { protocol: "TCP", address: "127.0.0.1", port: cluster.apiPort },
            socketFile,
        );
        const informer = makeInformer(this.config, "/api/v1/services", () =>
            this.api.listServiceForAllNamespaces(),
        );
        const onChange = (): void => {
            // One pass at a time, each over the newest list.
            this.current = this.current.then(() => this.reconcile(informer.list())).catch(report);
        };
        for (const event of ["add", "update", "delete"] as const) informer.on(event, onChange);
        informer.on("error", (error: unknown) => {
            report(error);
            setTimeout(() => void start(), 1000);
        });
        const start = (): Promise<void> =>
            informer.start().then(onChange, (error: unknown) => {
                report(error);
                setTimeout(() => void start(), 500);
            });
        await start();
    }

    private async reconcile(services: readonly V1Service[]): Promise<void> {
        const wanted = services.filter((service) => service.spec?.type === "LoadBalancer");
        const before = wanted.map((service) => describe(service, this.settings.domain));
        const after = assignAddresses(before, cluster.loadBalancerAddresses);
        await this.forward(after);
        writeAtomically(this.settings.hostsFile, renderHosts(after));
        for (const [index, service] of after.entries()) {
            if (service.address !== before[index]?.address) await this.publish(service);
        }
    }

    private async forward(services: readonly LoadBalancer[]): Promise<void> {
        const targets = targetsOf(services);
        const keyOf = ({ service, target }: Omit<Forward, "localPort">): string =>
            `${service} ${target.protocol} ${target.address} ${target.port}`;
        const keys = new Set(targets.map(keyOf));
        for (const [key, { listener }] of this.listeners) {
            if (keys.has(key)) continue;
            listener.close();
            this.listeners.delete(key);
        }
        const forwards: Forward[] = [];
        for (const target of targets) {
            const open =
                this.listeners.get(keyOf(target)) ?? (await this.open(keyOf(target), target));
            forwards.push({ ...target, localPort: open.localPort });
        }
        writeAtomically(this.settings.forwardsFile, `${JSON.stringify(forwards, null, 2)}\n`);
    }

    private async open(
        key: string,
        { service, target }: Omit<Forward, "localPort">,
    ): Promise<{ localPort: number; listener: Listener }> {
        const previous = this.previous.get(`${service} ${target.protocol} ${target.port}`);
        const taken = new Set([...this.listeners.values()].map((open) => open.localPort));
        for (const localPort of localPortCandidates(target.port, previous, taken)) {
            try {
                const opened = {
                    localPort,
                    listener: await listen(localPort, target, this.settings.socketFile),
                };
                this.listeners.set(key, opened);
                return opened;
            } catch (error) {
                if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
            }
        }
        throw new Error(`no free port of 127.0.0.1 for ${key}`);
    }

    private async publish({ namespace, name, address }: LoadBalancer): Promise<void> {
        await this.api.patchNamespacedServiceStatus(
            { namespace, name, body: { status: { loadBalancer: { ingress: [{ ip: address }] } } } },
            setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
        );
    }
}

function describe(service: V1Service, domain: string): LoadBalancer {
    const name = service.metadata?.name ?? "";
    const hosts = (
        service.metadata?.annotations?.[HOSTNAME_ANNOTATION] ?? `${name}.${domain}`
    ).split(",");
    return {
        namespace: service.metadata?.namespace ?? "",
        name,
        address: service.status?.loadBalancer?.ingress?.[0]?.ip,
        hosts: hosts.map((host) => host.trim()).filter((host) => host !== ""),
        ports: (service.spec?.ports ?? []).flatMap(({ port, protocol = "TCP" }) =>
            protocol === "TCP" || protocol === "UDP" ? [{ port, protocol }] : [],
        ),
    };
}

/** Ports of an earlier run, so that a restart changes none. */
function readPreviousPorts(file: string): ReadonlyMap<string, number> {
    let forwards: Forward[];
    try {
        forwards = JSON.parse(readFileSync(file, "utf8")) as Forward[];
    } catch {
        return new Map();
    }
    return new Map(
        forwards.map(({ service, target, localPort }) => [
            `${service} ${target.protocol} ${target.port}`,
            localPort,
        ]),
    );
}

function report(error: unknown): void {
    console.error(new Date().toISOString(), error instanceof Error ? error.message : error);
}

if (require.main === module) {
    const [file] = process.argv.slice(2);
    if (file === undefined) throw new Error("usage: outside.ts SETTINGS.json");
    const settings = JSON.parse(readFileSync(path.resolve(file), "utf8")) as EdgeSettings;
    new Outside(settings).run().catch((error: unknown) => {
        report(error);
        process.exit(1);
    });
}
