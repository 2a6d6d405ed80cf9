import * as net from "node:net";
import { KubeConfig, PortForward } from "@kubernetes/client-node";
import type { Address } from "./hop";
import type { Platform } from "./platform";

/** A workload, whose pods are labelled with its name. */
interface Workload {
    readonly namespace: string;
    readonly workload: string;
}

const forwards = new Map<string, net.Server>();

/**
 * Opens a port of 127.0.0.1 that leads through the API server to the same port of a workload's pods, each connection to the next
 * pod. A load balancer would show the stores to whoever is outside, and where NetworkPolicies are enforced let nobody in.
 */
export async function forwardPort(
    platform: Platform,
    { namespace, workload }: Workload,
    port: number,
): Promise<Address> {
    const name = `${namespace}/${workload}:${String(port)}`;
    const forward = forwards.get(name) ?? (await listen(platform, { namespace, workload }, port));
    forwards.set(name, forward);
    return { host: "127.0.0.1", port: (forward.address() as net.AddressInfo).port };
}

/** Closes every port that the tests opened, and ends what is still open through them. */
export async function closeForwards(): Promise<void> {
    const servers = [...forwards.values()];
    forwards.clear();
    await Promise.all(
        servers.map(
            (server) =>
                new Promise((resolve) => {
                    server.close(resolve);
                }),
        ),
    );
}

async function listen(
    platform: Platform,
    { namespace, workload }: Workload,
    port: number,
): Promise<net.Server> {
    const config = new KubeConfig();
    config.loadFromDefault();
    const forward = new PortForward(config);
    const nextPod = readyPods(platform, { namespace, workload });
    const server = net.createServer({ pauseOnConnect: true }, (client) => {
        // What became of the connection is told by its end.
        client.on("error", () => undefined);
        nextPod()
            .then((pod) => forward.portForward(namespace, pod, [port], client, null, client))
            .then(
                (inside) => {
                    joinEnds(client, inside as WebSocketEnd);
                },
                () => client.destroy(),
            );
    });
    return new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, "127.0.0.1", () => {
            resolve(server);
        });
    });
}

/** What is used of the connection to the API server. */
interface WebSocketEnd {
    onclose: (() => void) | null;
    close(): void;
}

/** Each side ends with the other. */
function joinEnds(client: net.Socket, inside: WebSocketEnd): void {
    inside.onclose = () => {
        client.end();
    };
    client.once("close", () => {
        inside.close();
    });
    if (client.destroyed) inside.close();
    client.resume();
}

/** How long a list of pods is used: a rollout is not missed, and a load does not ask for it at every connection. */
const listedForMs = 2_000;

/** Names of the pods that are ready, in turn. */
function readyPods({ core }: Platform, { namespace, workload }: Workload): () => Promise<string> {
    let listed: Promise<string[]> = Promise.resolve([]);
    let until = 0;
    let turn = 0;
    const list = async (): Promise<string[]> => {
        const labelSelector = `app=${workload}`;
        const { items } = await core.listNamespacedPod({ namespace, labelSelector });
        return items
            .filter(({ status }) =>
                status?.conditions?.some((it) => it.type === "Ready" && it.status === "True"),
            )
            .map(({ metadata }) => metadata?.name ?? "");
    };
    return async () => {
        if (Date.now() > until) {
            until = Date.now() + listedForMs;
            listed = list();
        }
        const names = await listed;
        const name = names[turn++ % Math.max(names.length, 1)];
        if (name === undefined) throw new Error(`no pod of ${namespace}/${workload} is ready`);
        return name;
    };
}
