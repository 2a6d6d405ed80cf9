import { z } from "zod";
import type { Check } from "../check";
import { forgedIdentityRefused } from "../checks/forgedIdentity";
import { metricsRefused } from "../checks/metrics";
import { mutualTlsChecks } from "../checks/mutualTls";
import { plaintextRefused } from "../checks/plaintext";
import { noSessionTickets } from "../checks/sessionTickets";
import type { Credentials, HttpHop } from "../hop";
import type { StackOutputs } from "../stack";

/** The api, asked directly by a workload in the cluster. */
export interface ApiHop extends HttpHop {
    /** Port of the same host that is for the monitoring alone. */
    readonly metricsPort: number;
}

/** What a pod must be told of the api. All of it is public, for it stands in the Job's manifest. */
export const apiSettings = z.object({
    host: z.string(),
    port: z.number(),
    metricsPort: z.number(),
    cipherSuites: z.array(z.string()),
    groups: z.array(z.string()),
    certificate: z.object({
        names: z.array(z.string()),
        lifetimeHours: z.number(),
        renewBeforeHours: z.number(),
        issued: z.string(),
    }),
    verifierIdentity: z.string(),
});

export type ApiSettings = z.output<typeof apiSettings>;

/** Every workload serves its metrics there. */
const METRICS_PORT = 9443;

/**
 * What a stack says of its api.
 *
 * @param issued PEM of the certificate that was issued last
 */
export function settingsOf(outputs: StackOutputs, issued: string): ApiSettings {
    const { apiHost: host, apiPort: port, cipherSuites, groups, verifierIdentity } = outputs;
    return {
        host,
        port,
        metricsPort: METRICS_PORT,
        cipherSuites,
        groups,
        certificate: {
            names: [host, `${host}.cluster.local`],
            lifetimeHours: outputs.leafLifetimeHours,
            renewBeforeHours: outputs.leafRenewBeforeHours,
            issued,
        },
        verifierIdentity,
    };
}

/** The api as a hop, with what the pod has of its own. */
export function apiHop(settings: ApiSettings, trustBundle: string, verifier: Credentials): ApiHop {
    const address = { host: settings.host, port: settings.port };
    return { name: "api", address, trustBundle, verifier, via: "direct", ...settings };
}

export const apiChecks: readonly Check<ApiHop>[] = [
    ...mutualTlsChecks,
    forgedIdentityRefused,
    plaintextRefused,
    noSessionTickets,
    metricsRefused,
];
