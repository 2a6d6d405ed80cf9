import { checkedHostName } from "../tls/hostName";

/** Who a workload is: the first name of its certificate. */
export const identityOf = (service: string, namespace: string): string =>
    checkedHostName("service", `${service}.${namespace}.svc`);

/** The names under which a workload is dialled inside the cluster. */
export const serviceNames = (service: string, namespace: string): readonly string[] => [
    identityOf(service, namespace),
    `${identityOf(service, namespace)}.cluster.local`,
];
