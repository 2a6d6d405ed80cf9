import type { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { secureContextOptions, type TlsPolicy } from "@encryption-in-transit/services-tls";
import { DaemonAway, isAway } from "./daemon";

export interface Look {
    /** Port of the daemon on loopback, which the containers of a pod share. */
    readonly port: number;
    readonly policy: TlsPolicy;
    /** What has to be said before TLS begins. */
    readonly prelude?: (socket: Socket, signal: AbortSignal) => Promise<void>;
}

const timeoutMs = 3_000;

/**
 * The certificate that a daemon shows, as any client sees it.
 *
 * No client certificate is shown, since the pod has none: in TLS 1.3 the server's is there before the client's is missed. Nor is
 * the server's verified, because one that is wrong or expired has to be seen too; nothing is sent over the connection.
 * Throws `DaemonAway` where nobody listens.
 */
export async function certificateServed({ port, policy, prelude }: Look): Promise<X509Certificate> {
    const signal = AbortSignal.timeout(timeoutMs);
    const tcp = connect({ host: "127.0.0.1", port });
    // What comes after the certificate, such as the alert that a client certificate is missing, is expected.
    tcp.on("error", () => undefined);
    try {
        await once(tcp, "connect", { signal });
        await prelude?.(tcp, signal);
        const tls = connectTls({
            socket: tcp,
            ...secureContextOptions(policy),
            rejectUnauthorized: false,
        });
        tls.on("error", () => undefined);
        await once(tls, "secureConnect", { signal });
        const certificate = tls.getPeerX509Certificate();
        tls.end();
        if (certificate) return certificate;
        throw new Error("it showed no certificate");
    } catch (error) {
        if (isAway(error)) throw new DaemonAway(`nobody listens on port ${port}`, { cause: error });
        throw signal.aborted ? new Error(`no TLS within ${timeoutMs} ms on port ${port}`) : error;
    } finally {
        tcp.destroySoon();
    }
}
