import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import type { Credentials } from "./hop";

const DAY_MS = 24 * 60 * 60 * 1000;
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/**
 * A client certificate that is right in every respect but one: its CA was made up a moment ago and nobody trusts it. The key lives as
 * long as the process.
 *
 * @param identity the name that it claims
 */
export async function makeStranger(identity: string): Promise<Credentials> {
    const now = Date.now();
    const dates = { notBefore: new Date(now - DAY_MS), notAfter: new Date(now + DAY_MS) };
    const authorityKeys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const authority = await x509.X509CertificateGenerator.createSelfSigned({
        name: "CN=Nobody's CA",
        keys: authorityKeys,
        signingAlgorithm: algorithm,
        ...dates,
        extensions: [
            new x509.BasicConstraintsExtension(true, 0, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        ],
    });
    const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const leaf = await x509.X509CertificateGenerator.create({
        subject: `CN=${identity}`,
        issuer: authority.subject,
        publicKey: keys.publicKey,
        signingKey: authorityKeys.privateKey,
        signingAlgorithm: algorithm,
        ...dates,
        extensions: [
            new x509.BasicConstraintsExtension(false, undefined, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
            new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
            new x509.SubjectAlternativeNameExtension([{ type: "dns", value: identity }]),
        ],
    });
    const pkcs8 = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
    return {
        certificate: `${leaf.toString("pem")}\n${authority.toString("pem")}\n`,
        privateKey: x509.PemConverter.encode(pkcs8, "PRIVATE KEY"),
    };
}

/** A certificate as the value of a `Client-Cert` field: its DER between colons. @see RFC 9440, section 2.2 */
export function clientCertField(pem: string): string {
    return `:${Buffer.from(x509.PemConverter.decodeFirst(pem)).toString("base64")}:`;
}
