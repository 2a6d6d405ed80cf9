import { ChannelCredentials } from "@grpc/grpc-js";
import { checkServerName } from "./clientOptions";
import type { ReloadingCertificate } from "./reload";

type Connector = ReturnType<ChannelCredentials["_createSecureConnector"]>;

/**
 * Credentials of a gRPC client over mutual TLS 1.3 with the policy's suites and groups. Each new connection shows the certificate of
 * its day and trusts the bundle of its day. The library's own reloading credentials set neither a version nor groups.
 */
export function grpcChannelCredentials(
    certificate: Pick<ReloadingCertificate, "context">,
): ChannelCredentials {
    return new ReloadingChannelCredentials(certificate);
}

class ReloadingChannelCredentials extends ChannelCredentials {
    constructor(private readonly certificate: Pick<ReloadingCertificate, "context">) {
        super();
    }

    public override _isSecure(): boolean {
        return true;
    }

    public override _equals(other: ChannelCredentials): boolean {
        return this === other;
    }

    public override _createSecureConnector(
        ...args: Parameters<ChannelCredentials["_createSecureConnector"]>
    ): Connector {
        const today = () =>
            ChannelCredentials.createFromSecureContext(this.certificate.context, {
                checkServerIdentity: (host, { raw }) => checkServerName(host, { raw }),
            })._createSecureConnector(...args);
        const first = today();
        return {
            connect: (socket) => today().connect(socket),
            waitForReady: () => first.waitForReady(),
            getCallCredentials: () => first.getCallCredentials(),
            destroy: () => undefined,
        };
    }
}
