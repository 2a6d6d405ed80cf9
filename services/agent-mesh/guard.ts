import { X509Certificate } from "node:crypto";
import { type Clock, identityOf, type Log } from "@encryption-in-transit/services-tls";
import {
    ServerInterceptingCall,
    type ServerInterceptingCallInterface,
    type ServerInterceptor,
    status,
} from "@grpc/grpc-js";
import { isMethodName, type MethodName } from "./definition";
import { Refusal } from "./refusal";

/** Which methods an identity may call. */
export type AllowedMethods = ReadonlyMap<string, readonly MethodName[]>;

/** The identity of the TLS peer, whose certificate the handshake has verified; undefined where it carries none. */
export function callerOf(
    call: Pick<ServerInterceptingCallInterface, "getAuthContext">,
): string | undefined {
    const { sslPeerCertificate: certificate } = call.getAuthContext();
    return certificate && identityOf(new X509Certificate(certificate.raw));
}

/** Refuses a caller without identity, and a method that is not on its list, before the request is read. */
export function authorising(allowed: AllowedMethods): ServerInterceptor {
    return (method, call) =>
        new ServerInterceptingCall(call, {
            start: (next) => {
                next({
                    onReceiveMetadata: (metadata, receive) => {
                        const refusal = refusalOf(callerOf(call), method.path, allowed);
                        if (refusal) call.sendStatus(refusal.status);
                        else receive(metadata);
                    },
                });
            },
        });
}

function refusalOf(
    caller: string | undefined,
    path: string,
    allowed: AllowedMethods,
): Refusal | undefined {
    if (caller === undefined) return new Refusal("client_cert_required");
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (isMethodName(name) && allowed.get(caller)?.includes(name)) return undefined;
    return new Refusal("method_not_allowed");
}

/**
 * Writes one line for a call when it ends: who called what, when, from where, how it ended. No metadata and no message is written: a
 * token or a personal detail may be in any of them.
 *
 * @see NIST SP 800-53, AU-3
 */
export function auditing(log: Log, clock: Clock): ServerInterceptor {
    return ({ path }, call) => {
        const startedAt = clock();
        const known = {
            event: "call",
            identity: callerOf(call),
            peer: call.getPeer(),
            method: path,
        };
        let written = false;
        const write = (outcome: string, ended: Readonly<Record<string, string>>) => {
            if (written) return;
            written = true;
            const durationMs = clock().getTime() - startedAt.getTime();
            const fields = { ...known, ...ended, outcome, durationMs };
            if (outcome === "allowed") log.info(fields, "call");
            else log.warn(fields, "call");
        };
        return new ServerInterceptingCall(call, {
            start: (next) => {
                next({
                    onCancel: () => {
                        write("aborted", {});
                    },
                });
            },
            sendStatus: (sent, next) => {
                const { code, details } = sent;
                // A request that is cut ends first, as a whole one does, and is cancelled a moment later: then nobody was answered.
                setImmediate(() => {
                    write(outcomeOf(code), {
                        status: status[code],
                        ...(code !== status.OK && { code: details }),
                    });
                    next(sent);
                });
            },
        });
    };
}

function outcomeOf(code: status): string {
    if (code === status.OK) return "allowed";
    return code === status.INTERNAL || code === status.UNKNOWN ? "failed" : "refused";
}
