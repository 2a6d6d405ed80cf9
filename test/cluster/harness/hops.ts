import * as net from "node:net";
import type { V1Service } from "@kubernetes/client-node";
import { HttpsHop } from "./httpsHop";
import { eventually, forwardOf, type Platform } from "./platform";

const path = "/v1/whoami";

export function gatewayHop({ outputs, trust }: Platform): HttpsHop {
    const host = String(outputs.gatewayHost);
    const address = forwardOf(host, Number(outputs.gatewayPort));
    if (address === undefined) throw new Error(`the lab forwards no port to ${host}`);
    return new HttpsHop({ name: "gateway", host, path, address, trust });
}

/** The api itself, which no load balancer leads to. */
export async function apiHop(platform: Platform): Promise<HttpsHop> {
    const { outputs, trust } = platform;
    const address = await expose(platform, "api", Number(outputs.apiPort));
    return new HttpsHop({ name: "api", host: String(outputs.apiHost), path, address, trust });
}

/** The metrics of a workload, which Prometheus alone may read. */
export async function metricsHop(platform: Platform, workload: string): Promise<HttpsHop> {
    const address = await expose(platform, workload, 9443);
    return new HttpsHop({
        name: `${workload} metrics`,
        host: `${workload}.${platform.namespace}.svc`,
        path: "/metrics",
        address,
        trust: platform.trust,
    });
}

const label = "encryption-in-transit/test";

/** Opens a load balancer beside the platform's own Services to a port of a workload; `withdrawAll` closes it. */
async function expose(
    platform: Platform,
    workload: string,
    port: number,
): Promise<{ host: string; port: number }> {
    const { core, namespace } = platform;
    const name = `test-${workload}-${String(port)}`;
    const { spec } = await core.readNamespacedService({ namespace, name: workload });
    const body: V1Service = {
        metadata: { name, namespace, labels: { [label]: "true" } },
        spec: {
            type: "LoadBalancer",
            ...(spec?.selector && { selector: spec.selector }),
            ports: [{ name: "tls-test", appProtocol: "tls", port, targetPort: port }],
        },
    };
    await core.createNamespacedService({ namespace, body }).catch((error: unknown) => {
        if ((error as { code?: number }).code !== 409) throw error;
    });
    return eventually(`forward to ${name}`, 30_000, async () => {
        const address = forwardOf(`${name}.${String(platform.outputs.domain)}`, port);
        return address && (await holds(address)) ? address : undefined;
    });
}

/** Whether a connection stays open: before kube-proxy knows a new Service, the lab's forward closes it at once. */
function holds(address: { host: string; port: number }): Promise<boolean> {
    return new Promise((resolve) => {
        const socket = net.connect(address);
        const settle = (open: boolean): void => {
            socket.destroy();
            resolve(open);
        };
        socket.once("error", () => {
            settle(false);
        });
        socket.once("close", () => {
            settle(false);
        });
        socket.setTimeout(300, () => {
            settle(true);
        });
    });
}

/** Removes every load balancer that the tests opened. */
export async function withdrawAll({ core, namespace }: Platform): Promise<void> {
    const { items } = await core.listNamespacedService({ namespace, labelSelector: label });
    for (const { metadata } of items) {
        await core.deleteNamespacedService({ namespace, name: metadata?.name ?? "" });
    }
}
