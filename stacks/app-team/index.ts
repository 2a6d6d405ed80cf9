import { Config } from "@pulumi/pulumi";
import { platformStack, readContract, readTenant } from "../consumer";
import { createOrders } from "./orders";

/** A team's program: what the platform gives away in, a service on it up. */
export = async () => {
    const config = new Config();
    const platform = platformStack(config.require("platform"));
    const { orders, web } = createOrders({
        contract: await readContract(platform),
        tenant: await readTenant(platform, "orders"),
        image: config.require("image"),
    });
    return {
        host: orders.identity,
        port: orders.port,
        webIdentity: web.identity,
        webSecret: web.secretName,
    };
};
