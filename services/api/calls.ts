import { AgentMeshClient } from "@encryption-in-transit/agent-mesh/client";
import {
    type CertificateMetrics,
    type Clock,
    type Log,
    ReloadingCertificate,
    type TlsPolicy,
} from "@encryption-in-transit/services-tls";
import type { Registry } from "prom-client";
import { Agent } from "./agent";
import type { AgentConfig } from "./agentConfig";
import type { CallsConfig } from "./callsConfig";
import type { Records } from "./records";
import { openStores } from "./stores";

export interface CallsSettings {
    readonly config: CallsConfig;
    readonly policy: TlsPolicy;
    readonly connectionMaxAgeSeconds: number;
    /** Of the certificate that is shown to whom the api calls. */
    readonly metrics: CertificateMetrics;
    readonly registry: Registry;
    readonly log: Log;
    readonly clock: Clock;
    readonly random: () => number;
}

/** Whom the api calls, as long as it runs. */
export interface Calls {
    /** Undefined without stores. */
    readonly records: Records | undefined;
    /** Ends every connection, once no request needs one any more. */
    close(): Promise<void>;
}

/**
 * Connects to the stores and to the agent mesh, in the background and again whenever that is needed: the service starts, and serves
 * what needs none of them, whether they are there or not. Throws one sentence where the client certificate does not fit.
 */
export function openCalls(settings: CallsSettings): Calls {
    const { config, policy, log, clock, metrics } = settings;
    const files = config.clientFiles;
    const certificate = new ReloadingCertificate({
        files,
        use: "client",
        policy,
        metrics,
        log,
        clock,
    });
    const stores = config.stores && openStores({ ...settings, config: config.stores, certificate });
    const capabilities = ["echo", ...(stores ? ["records"] : [])];
    const leave = config.agent && join(settings, config.agent, certificate, capabilities);
    certificate.watch();
    const close = async () => {
        leave?.();
        await stores?.close();
        certificate.close();
    };
    return { records: stores?.records, close };
}

/** Gives what ends it. */
function join(
    { registry, log }: CallsSettings,
    { host, port, agentId, servername }: AgentConfig,
    certificate: ReloadingCertificate,
    capabilities: readonly string[],
): () => void {
    const client = new AgentMeshClient({
        address: `${host}:${port}`,
        certificate,
        ...(servername !== undefined && { servername }),
    });
    const agent = new Agent({ client, agentId, capabilities, registry, log });
    void agent.keep();
    return () => {
        agent.close();
        client.close();
    };
}
