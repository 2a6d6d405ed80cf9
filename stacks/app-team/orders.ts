import { CertificateUsage, SecureService, WorkloadCertificate } from "../../components";
import { peerOf, workloadArgs } from "../consumer";
import type { Contract } from "../contract";
import type { TenantContract } from "../tenantContract";

export interface OrdersArgs {
    readonly contract: Contract;
    readonly tenant: TenantContract;
    readonly image: string;
}

/** Directory with the password of the database's role. */
const credentials = "/etc/postgres-credentials";

/** The service that takes orders, and a certificate for the web shop that calls it. */
export function createOrders({ contract, tenant, image }: OrdersArgs) {
    const { namespace } = tenant;
    const common = workloadArgs(contract);
    const web = new WorkloadCertificate("web-client", {
        namespace,
        service: "web",
        usage: CertificateUsage.Client,
        issuance: common.issuance,
    });
    const orders = new SecureService("orders", {
        ...common,
        namespace,
        image,
        replicas: 2,
        port: 3003,
        allowedClients: [web.identity],
        callers: ["web"],
        callerNamespaces: [],
        env: {
            API_HOST: contract.apiHost,
            API_PORT: String(contract.apiPort),
            POSTGRES_HOST: contract.postgresHost,
            POSTGRES_PORT: String(contract.postgresPort),
            POSTGRES_DATABASE: tenant.database,
            POSTGRES_ROLE: tenant.databaseRole,
            POSTGRES_PASSWORD_FILE: `${credentials}/password`,
        },
        secrets: [{ name: tenant.databaseSecret, mountPath: credentials }],
        calls: {
            commonName: tenant.databaseRole,
            peers: [
                peerOf(contract.apiHost, contract.apiPort),
                peerOf(contract.postgresHost, contract.postgresPort),
            ],
        },
    });
    return { orders, web };
}
