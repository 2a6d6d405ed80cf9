import type { X509Certificate } from "node:crypto";
import type { IncomingMessage } from "node:http";
import {
    authorise,
    type Caller,
    type CallerSettings,
    identify,
} from "@encryption-in-transit/services-tls";
import type { Audit } from "./audit";
import { streamPath } from "./paths";
import { Refusal } from "./refusal";
import { type Token, type TokenVerifierSettings, verifyToken } from "./token";

export interface AdmissionSettings extends CallerSettings, TokenVerifierSettings {
    readonly allowedOrigins: readonly string[];
}

/** A client that may open a socket. */
export interface Admission extends Caller {
    /** The certificate that the token is bound to. */
    readonly certificate: X509Certificate;
    readonly token: Token;
}

/** `token68` of RFC 9110, 11.2; the scheme is case-insensitive. */
const bearer = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/**
 * Who may open a socket. In this order: certificate, identity, path, where a token may not be, Origin, token. Forged headers are
 * refused before. Throws a `Refusal` or a `CallerRefusal`.
 */
export async function admit(
    request: IncomingMessage,
    audit: Audit,
    settings: AdmissionSettings,
): Promise<Admission> {
    const { caller, certificate } = identify(request, settings);
    audit.caller = caller;
    authorise(caller, settings);
    refuseOtherTargets(request);
    refuseForeignOrigin(request, settings);
    const token = await verifyToken(bearerToken(request), certificate, settings);
    audit.token = token;
    return { ...caller, certificate, token };
}

/**
 * The path has no parameters and no subprotocols, so there is nothing in either but a token that would end in the log of whoever
 * stands between.
 *
 * @see RFC 6750, 5.3
 */
function refuseOtherTargets({ url = "", headers }: IncomingMessage): void {
    const [path, query] = url.split("?", 2);
    if (path !== streamPath) throw new Refusal(404, "not_found");
    if (query !== undefined) throw new Refusal(400, "query_not_allowed");
    if (headers["sec-websocket-protocol"] !== undefined)
        throw new Refusal(400, "subprotocol_not_allowed");
}

/** A browser always says where its page is from; a page from elsewhere is not to use its user's certificate. @see RFC 6455, 10.2 */
function refuseForeignOrigin(
    { headers: { origin } }: IncomingMessage,
    { allowedOrigins }: AdmissionSettings,
): void {
    if (origin !== undefined && !allowedOrigins.includes(origin))
        throw new Refusal(403, "origin_not_allowed");
}

/** Node keeps the first of several `Authorization` headers, and another reader may keep the last. */
function bearerToken({ headersDistinct }: IncomingMessage): string {
    const headers = headersDistinct.authorization ?? [];
    if (headers.length > 1) throw new Refusal(400, "malformed", "several Authorization headers");
    const token = bearer.exec(headers[0] ?? "")?.[1];
    if (token === undefined) throw new Refusal(401, "token_required");
    return token;
}
