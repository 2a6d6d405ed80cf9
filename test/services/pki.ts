import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const serverAuth = x509.ExtendedKeyUsage.serverAuth;
const clientAuth = x509.ExtendedKeyUsage.clientAuth;
export const hour = 3_600_000;

x509.cryptoProvider.set(webcrypto);

type KeyPair = webcrypto.CryptoKeyPair;

/** A certificate with its key, as PEM; `chain` is what a server or client shows. */
export interface Credential {
    readonly certificate: string;
    readonly chain: string;
    readonly key: string;
}

export interface LeafWishes {
    /** First DNS names; the identity is the first of the form `<service>.<namespace>.svc`. */
    readonly names: readonly string[];
    readonly use?: "server" | "client";
    readonly notBefore?: Date;
    readonly notAfter?: Date;
}

/** A root and an intermediate, as the platform has them, made anew for each test. */
export class Pki {
    private serial = 1;

    private constructor(
        private readonly label: string,
        private readonly name: string,
        public readonly root: Credential,
        public readonly intermediate: Credential,
        private readonly keys: { readonly root: KeyPair; readonly intermediate: KeyPair },
    ) {}

    /** The same label gives the same subjects under other keys: what an impostor would do. */
    public static async create(label = "lab"): Promise<Pki> {
        const keys = await keyPair();
        const root = await issue({
            subject: `CN=${label} root`,
            keys,
            extensions: authority(1),
            serial: "01",
        });
        return Pki.under(label, root, keys, `${label} intermediate`);
    }

    private static async under(
        label: string,
        root: Credential,
        rootKeys: KeyPair,
        name: string,
    ): Promise<Pki> {
        const keys = await keyPair();
        const intermediate = await issue({
            subject: `CN=${name}`,
            keys,
            issuer: { subject: `CN=${label} root`, keys: rootKeys },
            extensions: authority(0),
            serial: "02",
        });
        return new Pki(label, name, root, intermediate, { root: rootKeys, intermediate: keys });
    }

    /** The next generation: another intermediate under the same root. */
    public nextIntermediate(): Promise<Pki> {
        return Pki.under(this.label, this.root, this.keys.root, `${this.name} next`);
    }

    /** The next root: other keys under other names. */
    public successor(): Promise<Pki> {
        return Pki.create(`${this.label} next`);
    }

    /** A leaf with its intermediate; a server certificate valid from an hour ago for a day unless wished otherwise. */
    public async leaf(wishes: LeafWishes): Promise<Credential> {
        const leaf = await issue({
            subject: "",
            keys: await keyPair(),
            issuer: { subject: `CN=${this.name}`, keys: this.keys.intermediate },
            extensions: [
                new x509.BasicConstraintsExtension(false),
                new x509.ExtendedKeyUsageExtension([
                    wishes.use === "client" ? clientAuth : serverAuth,
                ]),
                new x509.SubjectAlternativeNameExtension(
                    wishes.names.map((value) => ({ type: "dns" as const, value })),
                    true,
                ),
            ],
            serial: `10${(this.serial++).toString(16).padStart(2, "0")}`,
            ...wishes,
        });
        return { ...leaf, chain: leaf.certificate + this.intermediate.certificate };
    }

    public client(name: string, wishes: Partial<LeafWishes> = {}): Promise<Credential> {
        return this.leaf({ names: [name], use: "client", ...wishes });
    }
}

interface Order {
    readonly subject: string;
    readonly keys: KeyPair;
    readonly issuer?: { readonly subject: string; readonly keys: KeyPair };
    readonly extensions: x509.Extension[];
    readonly serial: string;
    readonly notBefore?: Date;
    readonly notAfter?: Date;
}

async function issue(order: Order): Promise<Credential> {
    const issuer = order.issuer ?? order;
    const made = await x509.X509CertificateGenerator.create({
        serialNumber: order.serial,
        subject: order.subject,
        issuer: issuer.subject,
        notBefore: order.notBefore ?? new Date(Date.now() - hour),
        notAfter: order.notAfter ?? new Date(Date.now() + 24 * hour),
        signingAlgorithm: algorithm,
        publicKey: order.keys.publicKey,
        signingKey: issuer.keys.privateKey,
        extensions: order.extensions,
    });
    const certificate = `${made.toString("pem")}\n`;
    const key = x509.PemConverter.encode(
        await webcrypto.subtle.exportKey("pkcs8", order.keys.privateKey),
        "PRIVATE KEY",
    );
    return { certificate, chain: certificate, key: `${key}\n` };
}

const authority = (pathLength: number) => [
    new x509.BasicConstraintsExtension(true, pathLength, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
];

const keyPair = () => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
