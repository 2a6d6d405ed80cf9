import { checkedHostName } from "../tls/hostName";

/** Who a workload is: the first name of its certificate. */
export const identityOf = (service: string, namespace: string): string =>
    checkedHostName("service", `${service}.${namespace}.svc`);

/** The two that an identity is made of, each empty where the text is none. */
export function identityParts(identity: string): {
    readonly service: string;
    readonly namespace: string;
} {
    const [service = "", namespace = ""] = identity.split(".");
    return { service, namespace };
}

/** The names under which a workload is dialled inside the cluster. */
export const serviceNames = (service: string, namespace: string): readonly string[] => [
    identityOf(service, namespace),
    `${identityOf(service, namespace)}.cluster.local`,
];
