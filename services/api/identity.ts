import type { IncomingMessage } from "node:http";
import {
    chainFault,
    type Clock,
    identityOf,
    peerIdentity,
    type TlsMaterial,
} from "@encryption-in-transit/services-tls";
import { parseClientCert } from "./clientCert";
import { Refusal } from "./refusal";

/** Who asks, and on which way the question came. */
export interface Caller {
    readonly identity: string;
    readonly via: "gateway" | "direct";
}

export interface IdentitySettings {
    /** The one peer whose `Client-Cert` is believed. */
    readonly gatewayIdentity: string;
    readonly allowedClients: readonly string[];
    /** The material served now, whose roots decide about forwarded certificates. */
    readonly current: () => TlsMaterial;
    readonly clock: Clock;
}

/** Refuses a header that only the gateway may send. The chain is never asked for, so nobody may send it. */
export function refuseForgedHeaders(
    request: IncomingMessage,
    { gatewayIdentity }: IdentitySettings,
): void {
    const { "client-cert": certificate, "client-cert-chain": chain } = request.headers;
    if (chain === undefined && certificate === undefined) return;
    if (chain === undefined && peerIdentity(request) === gatewayIdentity) return;
    throw new Refusal(400, "client_cert_forbidden");
}

/** Who the request is for: the forwarded client where the gateway asks, else the peer. Does not say what it may do. */
export function identify(request: IncomingMessage, settings: IdentitySettings): Caller {
    const peer = peerIdentity(request);
    const via = peer === settings.gatewayIdentity ? "gateway" : "direct";
    const identity = via === "gateway" ? forwardedIdentity(request, settings) : peer;
    if (identity === undefined)
        throw new Refusal(401, "client_cert_required", "the certificate carries no identity");
    return { identity, via };
}

/** Refuses a caller that is not on the list. */
export function authorise({ identity }: Caller, { allowedClients }: IdentitySettings): void {
    if (!allowedClients.includes(identity)) throw new Refusal(403, "identity_not_allowed");
}

/**
 * RFC 9440 forwards the leaf alone, and Node shows a server no chain, so the intermediate is our own: both leaves come from the
 * issuer of the day. While a new intermediate takes over, a client that still holds a leaf of the other one is refused here.
 */
function forwardedIdentity(
    request: IncomingMessage,
    { current, clock }: IdentitySettings,
): string | undefined {
    const header = request.headers["client-cert"];
    if (header === undefined)
        throw new Refusal(401, "client_cert_required", "the gateway forwards no certificate");
    const leaf = typeof header === "string" ? parseClientCert(header) : undefined;
    if (!leaf)
        throw new Refusal(
            400,
            "malformed",
            "Client-Cert is not one certificate as a byte sequence",
        );
    const { intermediate, roots } = current();
    const fault = chainFault({
        leaf,
        intermediates: [intermediate],
        roots,
        use: "client",
        at: clock(),
    });
    if (fault) throw new Refusal(401, "client_cert_required", fault);
    return identityOf(leaf);
}
