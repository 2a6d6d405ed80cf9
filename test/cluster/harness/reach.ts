import { pathBy } from "../../../verify/path";
import { isLab } from "../../target";
import type { Address } from "./hop";
import { expose as exposeInLab, forwardOf, withdrawAll as withdrawInLab } from "./loadBalancers";
import type { Platform } from "./platform";
import { closeForwards, forwardPort } from "./portForwards";

/** Where a client here finds a port of a workload inside; `withdrawAll` closes the way again. */
export const expose = isLab ? exposeInLab : forwardPort;

export const withdrawAll = (platform: Platform): Promise<void> =>
    isLab ? withdrawInLab(platform) : closeForwards();

/** Where a client here finds a host of the gateway: by CONNECT, or at the address of its load balancer. */
export async function edgeOf(platform: Platform, host: string, port: number): Promise<Address> {
    if (isLab) {
        const address = forwardOf(host, port);
        if (address === undefined) throw new Error(`the lab forwards no port to ${host}`);
        return address;
    }
    const wanted = { host, port };
    const given = pathBy((process.env.CONNECT ?? "").split(/\s+/).filter(Boolean))(wanted);
    return given === wanted ? loadBalancerOf(platform, port) : given;
}

async function loadBalancerOf({ core, namespace }: Platform, port: number): Promise<Address> {
    const { status } = await core.readNamespacedService({ namespace, name: "gateway" });
    const [ingress] = status?.loadBalancer?.ingress ?? [];
    const host = ingress?.ip ?? ingress?.hostname;
    if (host === undefined)
        throw new Error(
            `Service ${namespace}/gateway has no address of a load balancer; say where to connect instead by CONNECT="HOST:${String(port)}=ADDR:PORT"`,
        );
    return { host, port };
}
