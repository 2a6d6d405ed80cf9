import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto);

const ecdsa = (namedCurve: string, hash: string) => ({ name: "ECDSA", namedCurve, hash });

export interface Keys {
    readonly pair: webcrypto.CryptoKeyPair;
    readonly algorithm: ReturnType<typeof ecdsa>;
}

/** Keys of a root, P-384, or of an intermediate, P-256. */
export async function makeKeys(curve: "P-256" | "P-384"): Promise<Keys> {
    const algorithm = ecdsa(curve, curve === "P-256" ? "SHA-256" : "SHA-384");
    const pair = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    return { pair, algorithm };
}

/** A certificate of an authority as another implementation writes it. */
export interface AuthorityOrder {
    readonly subject: string;
    readonly keys: Keys;
    readonly issuer: string;
    readonly signer: Keys;
    readonly notBefore: Date;
    readonly notAfter: Date;
    readonly isAuthority: boolean;
    /** Undefined: any number of authorities below. */
    readonly pathLength: number | undefined;
    readonly usages: x509.KeyUsageFlags;
}

export async function makeAuthority(order: AuthorityOrder): Promise<string> {
    const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: "01",
        subject: order.subject,
        issuer: order.issuer,
        notBefore: order.notBefore,
        notAfter: order.notAfter,
        publicKey: order.keys.pair.publicKey,
        signingKey: order.signer.pair.privateKey,
        signingAlgorithm: order.signer.algorithm,
        extensions: [
            new x509.BasicConstraintsExtension(order.isAuthority, order.pathLength, true),
            new x509.KeyUsagesExtension(order.usages, true),
            await x509.SubjectKeyIdentifierExtension.create(order.keys.pair.publicKey),
        ],
    });
    return `${certificate.toString("pem")}\n`;
}

export const signingUsages: x509.KeyUsageFlags =
    x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;

/** A request as the tls provider makes it, with names that it must not be given where `dnsNames` asks for them. */
export async function makeRequest(
    subject: x509.Pkcs10CertificateRequestCreateParamsName,
    keys: Keys,
    dnsNames: readonly string[] = [],
): Promise<string> {
    const request = await x509.Pkcs10CertificateRequestGenerator.create({
        name: subject,
        keys: keys.pair,
        signingAlgorithm: keys.algorithm,
        extensions:
            dnsNames.length === 0
                ? []
                : [
                      new x509.SubjectAlternativeNameExtension(
                          dnsNames.map((value) => ({ type: "dns" as const, value })),
                      ),
                  ],
    });
    return `${request.toString("pem")}\n`;
}
