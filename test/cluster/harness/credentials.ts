import "reflect-metadata";
import { createPrivateKey, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { stackConfig } from "../../target";
import { readCredentials, type Platform } from "./platform";

/** What a client shows: its chain and its key, as PEM. */
export interface Credentials {
    readonly certificate: string;
    readonly privateKey: string;
}

/** An issuer that the tests can sign with: the platform's own, read from the cluster, or a stranger's. */
export interface Signer {
    readonly certificate: x509.X509Certificate;
    /** Chain to send after a leaf, as PEM. */
    readonly chain: string;
    readonly privateKey: webcrypto.CryptoKey;
    readonly hash: string;
}

export interface LeafRequest {
    /** First DNS name, by which services know the client. */
    readonly identity: string;
    readonly commonName?: string;
    readonly notBefore?: Date;
    readonly notAfter?: Date;
    /** Whether the intermediate is sent along. Defaults to true. */
    readonly withChain?: boolean;
}

const hour = 3_600_000;
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

const generateKeys = (): Promise<webcrypto.CryptoKeyPair> =>
    webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
    const der = await webcrypto.subtle.exportKey("pkcs8", key);
    return x509.PemConverter.encode(der, "PRIVATE KEY");
}

/** The platform's own workload CA: with its key a test can make what cert-manager would never issue. */
export async function platformSigner(platform: Platform): Promise<Signer> {
    const { certificate, privateKey } = await readCredentials(
        platform,
        stackConfig().certManagerNamespace,
        "ca-key-pair",
    );
    return signerFromPem(certificate, privateKey);
}

/** The signer whose Secret holds `tls.crt` (intermediate, then root) and `tls.key`. */
async function signerFromPem(certificates: string, privateKeyPem: string): Promise<Signer> {
    const [first] = x509.PemConverter.decode(certificates);
    if (first === undefined) throw new Error("the CA's Secret holds no certificate");
    const key = createPrivateKey(privateKeyPem);
    const namedCurve = key.asymmetricKeyDetails?.namedCurve === "secp384r1" ? "P-384" : "P-256";
    const certificate = new x509.X509Certificate(first);
    return {
        certificate,
        chain: certificate.toString("pem"),
        privateKey: await webcrypto.subtle.importKey(
            "pkcs8",
            key.export({ type: "pkcs8", format: "der" }),
            { name: "ECDSA", namedCurve },
            false,
            ["sign"],
        ),
        hash: namedCurve === "P-384" ? "SHA-384" : "SHA-256",
    };
}

/** A CA that nobody here trusts, under the same name as the platform's. */
export async function strangerCa(subject: string): Promise<Signer> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
        name: subject,
        keys,
        signingAlgorithm: algorithm,
        notBefore: new Date(Date.now() - hour),
        notAfter: new Date(Date.now() + 24 * hour),
        extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
    });
    return {
        certificate,
        chain: certificate.toString("pem"),
        privateKey: keys.privateKey,
        hash: "SHA-256",
    };
}

/** A client certificate signed for this test, valid from an hour ago for a day unless told otherwise. */
export async function issueLeaf(signer: Signer, request: LeafRequest): Promise<Credentials> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.create({
        subject: request.commonName === undefined ? "" : `CN=${request.commonName}`,
        issuer: signer.certificate.subject,
        notBefore: request.notBefore ?? new Date(Date.now() - hour),
        notAfter: request.notAfter ?? new Date(Date.now() + 24 * hour),
        signingKey: signer.privateKey,
        signingAlgorithm: { name: "ECDSA", hash: signer.hash },
        publicKey: keys.publicKey,
        extensions: [
            new x509.BasicConstraintsExtension(false, undefined, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
            new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
            new x509.SubjectAlternativeNameExtension([{ type: "dns", value: request.identity }]),
            await x509.AuthorityKeyIdentifierExtension.create(signer.certificate),
        ],
    });
    const chain = (request.withChain ?? true) ? `\n${signer.chain}` : "";
    return {
        certificate: `${certificate.toString("pem")}${chain}\n`,
        privateKey: await pemOf(keys.privateKey),
    };
}
