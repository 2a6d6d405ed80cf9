import type { IncomingHttpHeaders } from "node:http";
import { startEdge, type EdgeSettings, type Listening, type ServiceAnswer } from "./servers";

/** Every respect in which a test makes a service of WebSockets wrong; absent means right. */
export interface StreamSettings {
    /** Whether the gateway is in front, which strips what a client says of itself. */
    readonly behindGateway?: boolean;
    readonly believesClientCert?: boolean;
    /** Whom it opens a socket to without a right token. */
    readonly opensTo?: "anybody" | "any-token";
    readonly anyOrigin?: boolean;
    /** Whether it really changes the protocol, for everybody. Directly only. */
    readonly switches?: boolean;
}

/** The tracer's manners: what it says to a wish for a WebSocket. The one that it would grant is answered by a status of its own. */
export const streamService =
    (settings: StreamSettings) =>
    ({ headers }: { readonly headers: IncomingHttpHeaders }): ServiceAnswer => {
        const refuse = (status: number, error: string) => ({ status, body: { error } });
        if (headers["client-cert"] !== undefined && !settings.behindGateway)
            if (!settings.believesClientCert) return refuse(400, "client_cert_forbidden");
        if (headers["client-cert"] !== undefined && settings.believesClientCert)
            return refuse(403, "identity_not_allowed");
        if (headers.origin !== undefined && !settings.anyOrigin)
            return refuse(403, "origin_not_allowed");
        if (settings.opensTo === "anybody") return opened;
        if (headers.authorization === undefined) return refuse(401, "token_required");
        return settings.opensTo === "any-token" ? opened : refuse(401, "token_invalid");
    };

const opened: ServiceAnswer = { status: 200, body: { opened: true } };

/** The tracer behind the gateway. */
export const startStreamEdge = (
    edge: EdgeSettings,
    settings: StreamSettings = {},
): Promise<Listening> =>
    startEdge({ ...edge, behind: streamService({ ...settings, behindGateway: true }) });
