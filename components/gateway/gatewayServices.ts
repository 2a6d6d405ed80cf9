import type * as k8s from "@pulumi/kubernetes";
import { allow, podsIn, podsOf } from "../kubernetes/networkPolicy";
import { workloadLabels } from "../kubernetes/workload";
import { gatewayPorts } from "./gatewayPods";

type ServiceSpec = k8s.types.input.core.v1.ServiceSpec;

const port = (name: string, appProtocol: string, number: number, targetPort: number) => ({
    name,
    appProtocol,
    port: number,
    targetPort,
});

/** Names that lead to a load balancer, with commas between, for whoever keeps the zone. @see external-dns, annotations */
export const hostNamesAnnotation = "external-dns.alpha.kubernetes.io/hostname";

/** What the world reaches: TLS, and the redirect to it. */
export const edgeService = (name: string): ServiceSpec => ({
    type: "LoadBalancer",
    selector: workloadLabels(name),
    ports: [
        port("tls-gateway", "tls", 443, gatewayPorts.tls),
        port("http-redirect", "http", 80, gatewayPorts.redirect),
    ],
});

/** What the monitor reaches. By itself, so that the load balancer does not offer it. */
export const metricsService = (name: string): ServiceSpec => ({
    selector: workloadLabels(name),
    ports: [port("tls-metrics", "tls", gatewayPorts.metrics, gatewayPorts.metrics)],
});

/** Who may send to the gateway's pods, and where they may send. */
export const gatewayFlows = (
    name: string,
    routes: readonly { readonly service: string; readonly port: number }[],
    monitoringNamespace: string,
) =>
    allow(name, {
        ingress: [
            { peers: [], ports: [gatewayPorts.tls, gatewayPorts.redirect] },
            { peers: [podsIn(monitoringNamespace)], ports: [gatewayPorts.metrics] },
        ],
        egress: routes.map(({ service, port }) => ({ peers: [podsOf(service)], ports: [port] })),
    });
