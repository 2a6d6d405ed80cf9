import { execFileSync } from "node:child_process";
import * as net from "node:net";
import type { V1Service } from "@kubernetes/client-node";
import type { Address } from "./hop";
import { eventually, type Platform } from "./platform";

const label = "encryption-in-transit/test";

/** Where the lab forwards a load balancer's port to on loopback; nothing while it does not. */
export function forwardOf(host: string, port: number): Address | undefined {
    const flags = execFileSync("tsx", ["lab/main.ts", "connect"], { encoding: "utf8" });
    const match = [...flags.matchAll(/--connect (\S+):(\d+)=(\S+):(\d+)/g)].find(
        ([, name, from]) => name === host && Number(from) === port,
    );
    return match && { host: String(match[3]), port: Number(match[4]) };
}

/** Opens a load balancer beside the platform's own Services to a port of a workload; `withdrawAll` closes it. */
export async function expose(
    platform: Platform,
    { namespace, workload }: { readonly namespace: string; readonly workload: string },
    port: number,
): Promise<Address> {
    const { core } = platform;
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
function holds(address: Address): Promise<boolean> {
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
export async function withdrawAll({ core }: Platform): Promise<void> {
    const { items } = await core.listServiceForAllNamespaces({ labelSelector: label });
    for (const { metadata } of items) {
        const { name = "", namespace = "" } = metadata ?? {};
        await core.deleteNamespacedService({ namespace, name });
    }
}
