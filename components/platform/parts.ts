import { identityOf } from "../pki/names";
import type { PlatformArgs } from "./platformArgs";

/** Names of the workloads, and so of their Services and Certificates. */
export const parts = {
    gateway: "gateway",
    api: "api",
    agentMesh: "agent-mesh",
    tracer: "tracer",
    postgres: "postgres",
    redis: "redis",
    verifier: "verifier",
} as const;

/** ClusterIssuer of the leaves. */
export const issuerName = "internal-ca";

/** Ports of the services. */
export const servicePorts = { api: 3001, agentMesh: 50051, tracer: 3002 } as const;

/** The platform's own database: what it is called, and as whom the api logs in. */
export const database = { name: "llm_platform", role: "app_user" } as const;

/** The api as Redis knows it. */
export const cache = { user: "api", keyPrefix: "api:" } as const;

/** Secrets with the passwords of the two: in the platform's namespace, and of a tenant's database in the tenant's first. */
export const credentials = {
    postgres: "postgres-credentials",
    redis: "redis-credentials",
} as const;

/** Hosts outside the cluster. */
export const hostsOf = ({ domain }: Pick<PlatformArgs, "domain">) => ({
    gateway: `gateway.${domain}`,
    tracer: `tracer.${domain}`,
    agentMesh: `mesh.${domain}`,
    postgres: `postgres.${domain}`,
    redis: `redis.${domain}`,
});

/** Identity of a workload in the platform's namespace. */
export const platformIdentity = (part: string, { namespace }: Pick<PlatformArgs, "namespace">) =>
    identityOf(part, namespace);

/** Namespaces from which tenants' workloads call. */
export const tenantNamespaces = ({ tenants }: Pick<PlatformArgs, "tenants">): string[] =>
    tenants.flatMap(({ namespaces }) => namespaces);
