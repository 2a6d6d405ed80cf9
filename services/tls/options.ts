import { constants } from "node:crypto";
import type { SecureContextOptions, TlsOptions } from "node:tls";
import type { TlsMaterial } from "./material";

/** What a service negotiates: the environment's TLS profile, as it reaches a pod. */
export interface TlsPolicy {
    /** TLS 1.3 cipher suites, most preferred first. */
    readonly cipherSuites: readonly string[];
    /** Key exchange groups by their OpenSSL names, most preferred first. */
    readonly groups: readonly string[];
}

/** TLS 1.3 alone, with the suites and groups of the policy. Also what `setSecureContext` takes on a reload. */
export function secureContextOptions(
    policy: TlsPolicy,
    material?: TlsMaterial,
): SecureContextOptions {
    return {
        ...material?.content.secureContext(),
        minVersion: "TLSv1.3",
        maxVersion: "TLSv1.3",
        ciphers: policy.cipherSuites.join(":"),
        ecdhCurve: policy.groups.join(":"),
        honorCipherOrder: true,
        // No ticket that outlives the bundle: what is sent instead names a session that no cache holds, so none is resumed.
        secureOptions: constants.SSL_OP_NO_TICKET,
    };
}

/**
 * Options of a server that demands a client certificate, and refuses in the handshake a name that its own does not carry.
 *
 * @param current the material served now: the name is compared with the certificate of the day, not of the start.
 */
export function serverOptions(policy: TlsPolicy, current: () => TlsMaterial): TlsOptions {
    return {
        ...secureContextOptions(policy, current()),
        requestCert: true,
        rejectUnauthorized: true,
        handshakeTimeout: 10_000,
        SNICallback: (servername, done) => {
            const known = current().leaf.checkHost(servername, {
                subject: "never",
                wildcards: false,
            });
            if (known) done(null);
            else done(new Error("unrecognized_name"));
        },
    };
}
