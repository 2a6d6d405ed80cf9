import type { X509Certificate } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { parseClientCert } from "./clientCert";
import { identityOf } from "./identity";
import type { Clock } from "./log";
import { peerCertificate, peerIdentity } from "./peer";
import { leafFault } from "./trust";

/** Who asks, and on which way the question came. */
export interface Caller {
    readonly identity: string;
    readonly via: "gateway" | "direct";
}

/** A caller with the certificate that proves it. */
export interface ProvenCaller {
    readonly caller: Caller;
    /** The leaf of the caller itself: forwarded by the gateway, or shown in the handshake. */
    readonly certificate: X509Certificate;
}

export interface CallerSettings {
    /** The one peer whose `Client-Cert` is believed. */
    readonly gatewayIdentity: string;
    readonly allowedClients: readonly string[];
    readonly clock: Clock;
}

/** The codes by which a caller is refused; a client may rely on them. */
export type CallerRefusalCode =
    "client_cert_forbidden" | "client_cert_required" | "identity_not_allowed" | "malformed";

/** Why a caller is not served: the status and code that the client sees, and the reason that only the audit log does. */
export class CallerRefusal extends Error {
    constructor(
        public readonly status: 400 | 401 | 403,
        public readonly code: CallerRefusalCode,
        public readonly reason?: string,
    ) {
        super(code);
    }
}

/** Refuses a header that only the gateway may send. The chain is never asked for, so nobody may send it. */
export function refuseForgedHeaders(
    request: IncomingMessage,
    { gatewayIdentity }: Pick<CallerSettings, "gatewayIdentity">,
): void {
    const { "client-cert": certificate, "client-cert-chain": chain } = request.headers;
    if (chain === undefined && certificate === undefined) return;
    if (chain === undefined && peerIdentity(request) === gatewayIdentity) return;
    throw new CallerRefusal(400, "client_cert_forbidden");
}

/** Who the request is for: the forwarded client where the gateway asks, else the peer. Does not say what it may do. */
export function identify(request: IncomingMessage, settings: CallerSettings): ProvenCaller {
    const via = peerIdentity(request) === settings.gatewayIdentity ? "gateway" : "direct";
    const certificate =
        via === "gateway" ? forwardedCertificate(request, settings) : peerCertificate(request);
    const identity = certificate && identityOf(certificate);
    if (certificate === undefined || identity === undefined)
        throw withoutCertificate("the certificate carries no identity");
    return { caller: { identity, via }, certificate };
}

/** Refuses a caller that is not on the list. */
export function authorise(
    { identity }: Caller,
    { allowedClients }: Pick<CallerSettings, "allowedClients">,
): void {
    if (!allowedClients.includes(identity)) throw new CallerRefusal(403, "identity_not_allowed");
}

/**
 * The gateway has verified the chain in its handshake. RFC 9440 forwards the leaf alone, so nobody can do it again here: the leaf may
 * come from another intermediate than our own while two generations are in use.
 */
function forwardedCertificate(
    request: IncomingMessage,
    { clock }: Pick<CallerSettings, "clock">,
): X509Certificate {
    const header = request.headers["client-cert"];
    if (header === undefined) throw withoutCertificate("the gateway forwards no certificate");
    const leaf = typeof header === "string" ? parseClientCert(header) : undefined;
    if (!leaf) {
        throw new CallerRefusal(
            400,
            "malformed",
            "Client-Cert is not one certificate as a byte sequence",
        );
    }
    const fault = leafFault({ leaf, use: "client", at: clock() });
    if (fault) throw withoutCertificate(fault);
    return leaf;
}

const withoutCertificate = (reason: string) =>
    new CallerRefusal(401, "client_cert_required", reason);
