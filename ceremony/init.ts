import { generateKeyPairSync, type KeyObject } from "node:crypto";
import {
    readAuthorityCertificate,
    type AuthorityCertificate,
} from "../components/pki/authorityCertificate";
import { rootLifetimeHours } from "../components/pki/generations";
import { rootName, rootPathLength } from "../components/pki/hierarchy";
import type { Ceremony } from "./ceremony";
import { describeCertificate, keyKind } from "./describe";
import { encryptKey } from "./encryptedKey";
import { makeFolder, refuseUsedFolder, rootFiles, writeNew } from "./files";
import { authorityName, issue, keyIdentifier } from "./issue";
import type { InitOptions } from "./options";
import { newPassphrase } from "./passphrase";
import { Refusal } from "./refusal";
import { memorySigner, opensslPublicKey, opensslSigner, type RootSigner } from "./rootSigner";
import { appendToLog } from "./signingLog";

/** Makes a root: its key, its certificate, and the log that begins with it. */
export async function init(options: InitOptions, { terminal, now }: Ceremony): Promise<void> {
    refuseUsedFolder("--out", options.out);
    const { signer, encryptedKey } = await newSigner(options, terminal);
    const pem = rootCertificate(options, signer);
    const root = readAuthorityCertificate(pem);
    if (root === undefined) throw new Error("the certificate that was made cannot be read");

    makeFolder("--out", options.out);
    const files = rootFiles(options.out);
    if (encryptedKey !== undefined) writeNew("--out", files.key, encryptedKey);
    writeNew("--out", files.certificate, pem);
    const log = appendToLog(files.log, root, now);
    report(root, log.head, terminal);
}

interface NewKey {
    readonly signer: RootSigner;
    /** PKCS#8; absent where openssl keeps the key. */
    readonly encryptedKey?: string;
}

async function newSigner(
    { key, passphraseFile }: InitOptions,
    terminal: Ceremony["terminal"],
): Promise<NewKey> {
    if (key !== undefined) return { signer: opensslSigner(key, rootCurve(opensslPublicKey(key))) };
    const passphrase = await newPassphrase(terminal, passphraseFile);
    const made = generateKeyPairSync("ec", { namedCurve: "secp384r1" });
    return {
        signer: memorySigner(made.privateKey, made.publicKey),
        encryptedKey: encryptKey(made.privateKey, passphrase),
    };
}

function rootCurve(publicKey: KeyObject): KeyObject {
    const kind = keyKind(publicKey);
    if (kind === "P-384") return publicKey;
    throw new Refusal(`[--key-uri] is a key of ${kind}; allowed P-384: make another in the token`);
}

function rootCertificate(options: InitOptions, signer: RootSigner): string {
    const name = authorityName(options.organization, rootName(options.purpose, options.generation));
    const { publicKey } = signer;
    const order = {
        subject: name,
        issuer: name,
        publicKey,
        pathLength: rootPathLength,
        notBefore: options.notBefore,
        lifetimeHours: rootLifetimeHours,
        authorityKeyId: keyIdentifier(publicKey),
    };
    return issue(order, signer);
}

function report(root: AuthorityCertificate, head: string, terminal: Ceremony["terminal"]): void {
    for (const line of describeCertificate(root)) terminal.show(line);
    terminal.show(`log         ends in ${head}; write it down`);
}
