import { chmodSync } from "node:fs";
import { Registry } from "prom-client";
import { ReloadingCertificate, TlsMetrics } from "../../services/tls";
import type { Credential } from "../components/gateway/credentials";
import { Mount } from "./mount";
import { MemoryLog, profile } from "./running";

const files = ({ cert, key }: Credential) => ({ "tls.crt": cert, "tls.key": key });

/** A client's certificate, trust bundle and password, mounted as the kubelet does. */
export class ClientCertificate {
    public readonly log = new MemoryLog();
    public readonly registry = new Registry();
    public readonly certificate: ReloadingCertificate;
    private readonly certificates: Mount;
    private readonly trust: Mount;
    private readonly passwords: Mount;

    constructor(credential: Credential, root: string, password = "") {
        this.certificates = new Mount(files(credential));
        this.trust = new Mount({ "ca.crt": root });
        this.passwords = new Mount({ password: `${password}\n` });
        for (const { directory } of [this.certificates, this.trust]) chmodSync(directory, 0o755);
        this.certificate = new ReloadingCertificate({
            files: {
                certificateDirectory: this.certificates.directory,
                trustFile: this.trust.path("ca.crt"),
            },
            use: "client",
            policy: profile,
            metrics: new TlsMetrics(this.registry).client(),
            log: this.log,
            clock: () => new Date(),
        });
    }

    public get passwordFile(): string {
        return this.passwords.path("password");
    }

    /** Replaces the certificate as a renewal does, and looks at it at once. */
    public renew(credential: Credential): void {
        this.certificates.write(files(credential));
        this.certificate.check();
    }

    public setPassword(password: string): void {
        this.passwords.write({ password });
    }

    public remove(): void {
        this.certificate.close();
        for (const mount of [this.certificates, this.trust, this.passwords]) mount.remove();
    }
}
