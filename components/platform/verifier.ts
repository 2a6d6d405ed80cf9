import * as k8s from "@pulumi/kubernetes";
import { gatewayPorts } from "../gateway/gatewayPods";
import { allow, podsIn, type Flow } from "../kubernetes/networkPolicy";
import { CertificateUsage, WorkloadCertificate } from "../pki/workloadCertificate";
import { metricsPort } from "../service/servicePods";
import type { Ground } from "./ground";
import { parts } from "./parts";
import type { PlatformArgs } from "./platformArgs";
import type { Services } from "./services";
import type { Stores } from "./stores";

/** The certificate and the ways out of a Job that attacks the platform from inside; the Job itself is the verifier's. */
export function createVerifier(
    args: PlatformArgs,
    { shared, opts }: Ground,
    services: Services,
    stores: Stores,
): WorkloadCertificate {
    const { namespace } = args;
    new k8s.networking.v1.NetworkPolicy(
        parts.verifier,
        {
            metadata: { name: parts.verifier, namespace },
            spec: allow(parts.verifier, { ingress: [], egress: waysOut(args, services, stores) }),
        },
        opts,
    );
    return new WorkloadCertificate(
        `${parts.verifier}-client`,
        {
            namespace,
            service: parts.verifier,
            usage: CertificateUsage.Client,
            issuance: shared.issuance,
        },
        opts,
    );
}

/** Every port of the platform, whoever listens there. */
const waysOut = ({ dataNamespace }: PlatformArgs, services: Services, stores: Stores): Flow[] => [
    {
        peers: [{ podSelector: {} }],
        ports: [
            ...[services.api, services.agentMesh, services.tracer].map(({ port }) => port),
            gatewayPorts.tls,
            gatewayPorts.redirect,
            metricsPort,
        ],
    },
    {
        peers: [podsIn(dataNamespace)],
        ports: [stores.postgres.port, stores.redis.port, metricsPort],
    },
];
