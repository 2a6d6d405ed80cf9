import * as pulumi from "@pulumi/pulumi";
import type { NginxGateway } from "./gateway/nginxGateway";
import type { CertificateIssuer } from "./pki/certificateIssuer";
import type { TrustBundle } from "./pki/trustBundle";
import type { WorkloadCertificate } from "./pki/workloadCertificate";
import type { Authorities } from "./platform/authorities";
import { createGateway } from "./platform/edge";
import { createGround } from "./platform/ground";
import { database, hostsOf } from "./platform/parts";
import type { PlatformArgs } from "./platform/platformArgs";
import { createServices } from "./platform/services";
import { createStores } from "./platform/stores";
import { createTenants } from "./platform/tenants";
import { createVerifier } from "./platform/verifier";
import type { PostgresDatabase } from "./postgres/postgresDatabase";
import type { RedisCache } from "./redis/redisCache";
import type { SecureService } from "./service/secureService";

/**
 * One environment: its certificate authority, its stores, its services, its gateway, and what a verifier needs to attack them. Its
 * parts, in the order in which they are made, are in the files of platform/.
 */
export class Platform extends pulumi.ComponentResource {
    /** Lets a policy match the component itself with `validateResourceOfType`. */
    public static readonly __pulumiType = "encryption-in-transit:index:Platform";

    public readonly issuer: CertificateIssuer;
    public readonly trust: TrustBundle;
    public readonly postgres: PostgresDatabase;
    /** Database of the platform's services, and the role by which they log in. */
    public readonly database: { readonly name: string; readonly role: string };
    public readonly redis: RedisCache;
    public readonly api: SecureService;
    public readonly agentMesh: SecureService;
    public readonly tracer: SecureService;
    public readonly gateway: NginxGateway;
    /** Host of the gateway outside the cluster, and of the tracer behind it. */
    public readonly gatewayHost: string;
    public readonly tracerHost: string;
    public readonly verifier: WorkloadCertificate;
    /** The hierarchies, of which the workloads' issues. */
    public readonly authorities: Authorities;

    constructor(name: string, args: PlatformArgs, opts?: pulumi.ComponentResourceOptions) {
        super(Platform.__pulumiType, name, args, opts);
        const ground = createGround(args, { parent: this });
        this.issuer = ground.issuer;
        this.trust = ground.trust;
        this.authorities = ground.authorities;

        const stores = createStores(args, ground, createTenants(args, ground));
        this.postgres = stores.postgres;
        this.redis = stores.redis;
        this.database = database;

        const services = createServices(args, ground, stores);
        this.api = services.api;
        this.agentMesh = services.agentMesh;
        this.tracer = services.tracer;

        this.gateway = createGateway(args, ground, services);
        this.gatewayHost = hostsOf(args).gateway;
        this.tracerHost = hostsOf(args).tracer;
        this.verifier = createVerifier(args, ground, services, stores);
        this.registerOutputs({ gatewayHost: this.gatewayHost });
    }
}
