import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto);

const ecdsa = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const rsa = {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
};

type Keys = webcrypto.CryptoKeyPair;

/** What is shown in a handshake, PEM: the leaf with its intermediate, and its key. */
export interface Credential {
    readonly cert: string;
    readonly key: string;
}

export interface Wishes {
    readonly names: readonly string[];
    readonly use: "server" | "client";
    readonly commonName?: string;
    readonly rsa?: boolean;
}

/** A root and an intermediate of our own that issue what a test asks for. */
export class Authority {
    private constructor(
        /** PEM of the root. */
        public readonly root: string,
        private readonly intermediate: string,
        private readonly keys: Keys,
    ) {}

    /** Two that are trusted together need names of their own: a verifier looks for an issuer by its name. */
    public static async create(name = "root"): Promise<Authority> {
        const [rootKeys, keys] = [await generate(ecdsa), await generate(ecdsa)];
        const issuer = `CN=${name}`;
        const root = await sign(issuer, rootKeys, issuer, rootKeys, authority(1));
        const intermediate = await sign("CN=ca", keys, issuer, rootKeys, authority(0));
        return new Authority(root, intermediate, keys);
    }

    public async leaf({ names, use, commonName, rsa: isRsa }: Wishes): Promise<Credential> {
        const keys = await generate(isRsa === true ? rsa : ecdsa);
        const usage = use === "server" ? "serverAuth" : "clientAuth";
        const leaf = await sign(commonName ? `CN=${commonName}` : "", keys, "CN=ca", this.keys, [
            new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[usage]]),
            new x509.SubjectAlternativeNameExtension(
                names.map((value) => ({ type: "dns" as const, value })),
            ),
        ]);
        const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
        return {
            cert: leaf + this.intermediate,
            key: `${x509.PemConverter.encode(key, "PRIVATE KEY")}\n`,
        };
    }
}

const generate = (algorithm: typeof ecdsa | typeof rsa): Promise<Keys> =>
    webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

const authority = (pathLength: number) => [
    new x509.BasicConstraintsExtension(true, pathLength, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
];

async function sign(
    subject: string,
    keys: Keys,
    issuer: string,
    issuerKeys: Keys,
    extensions: x509.Extension[],
): Promise<string> {
    const certificate = await x509.X509CertificateGenerator.create({
        subject,
        issuer,
        publicKey: keys.publicKey,
        signingKey: issuerKeys.privateKey,
        signingAlgorithm: ecdsa,
        notBefore: new Date(Date.now() - 3_600_000),
        notAfter: new Date(Date.now() + 86_400_000),
        extensions,
    });
    return `${certificate.toString("pem")}\n`;
}
