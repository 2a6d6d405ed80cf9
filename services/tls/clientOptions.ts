import { X509Certificate } from "node:crypto";
import type { ConnectionOptions, PeerCertificate } from "node:tls";
import type { ReloadingCertificate } from "./reload";

/**
 * Refuses a server whose certificate does not carry the name that was dialled, letter by letter: the platform's certificates have
 * no wildcard, and a common name is no name.
 */
export function checkServerName(
    host: string,
    { raw }: Pick<PeerCertificate, "raw">,
): Error | undefined {
    const options = { subject: "never", wildcards: false } as const;
    return new X509Certificate(raw).checkHost(host, options)
        ? undefined
        : new Error(`the server's certificate is not for ${host}`);
}

/**
 * Options of a client that verifies the server's chain and name and shows its own certificate. The context is looked up at each
 * connection, so that each new one shows the certificate of its day.
 */
export function clientOptions(
    certificate: Pick<ReloadingCertificate, "context">,
    servername: string,
): ConnectionOptions {
    return {
        servername,
        rejectUnauthorized: true,
        // Not the name that the driver makes of the address it dials.
        checkServerIdentity: (_host, peer) => checkServerName(servername, peer),
        // Drivers copy options at each connection, and copying reads it.
        get secureContext() {
            return certificate.context;
        },
    };
}
