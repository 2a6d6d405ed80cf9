import { execFileSync } from "node:child_process";
import { createPublicKey, sign, type KeyObject } from "node:crypto";
import { Refusal, UsageError } from "./refusal";

/** The key of a root, wherever it is. */
export interface RootSigner {
    readonly publicKey: KeyObject;
    /** ECDSA with SHA-384 over these bytes, DER. */
    readonly sign: (bytes: Buffer) => Buffer;
}

/** A key that openssl reaches, in a token as a rule. */
export interface OpensslKey {
    /** `pkcs11:...` (RFC 7512) or `file:...`. A PIN in it would stand in the list of processes and is refused. */
    readonly uri: string;
    /** Engine of openssl that reaches it. Defaults to none: openssl's provider `pkcs11` for a PKCS#11 URI. */
    readonly engine?: string | undefined;
    /** File with the PIN or passphrase. Defaults to none: openssl asks on the terminal. */
    readonly passphraseFile?: string | undefined;
}

export const memorySigner = (key: KeyObject, publicKey: KeyObject): RootSigner => ({
    publicKey,
    sign: (bytes) => sign("sha384", bytes, key),
});

/** Signs by the openssl command, which alone sees the key. */
export const opensslSigner = (key: OpensslKey, publicKey: KeyObject): RootSigner => ({
    publicKey,
    sign: (bytes) => openssl(signArguments(key), bytes),
});

/** Public half of a key that openssl reaches. */
export function opensslPublicKey(key: OpensslKey): KeyObject {
    const pem = openssl(publicKeyArguments(key));
    try {
        return createPublicKey(pem);
    } catch {
        throw new Refusal(
            "[--key-uri] openssl found no key there; allowed the URI of a P-384 key pair",
        );
    }
}

/**
 * @throws a UsageError, if the URI is of another scheme or holds a PIN
 */
export function checkKeyUri(uri: string): void {
    // A PIN must not be shown, so neither is the URI that holds one.
    if (/[;?&]pin-value=/i.test(uri))
        throw new UsageError(
            "[--key-uri] holds a pin-value, which everyone on the machine can read; leave it out, and give the PIN by --passphrase-file or when asked",
        );
    if (!/^(pkcs11|file):./.test(uri))
        throw new UsageError(
            `[--key-uri] is ${JSON.stringify(uri)}; allowed pkcs11:... (RFC 7512) or file:...`,
        );
}

/** Arguments of openssl that sign what it reads from its standard input. */
export const signArguments = (key: OpensslKey): string[] => [
    "dgst",
    "-sha384",
    ...moduleArguments(key, "-keyform"),
    "-sign",
    key.uri,
    ...passArguments(key),
];

/** Arguments of openssl that write the public key. */
export const publicKeyArguments = (key: OpensslKey): string[] => [
    "pkey",
    ...moduleArguments(key, "-inform"),
    "-in",
    key.uri,
    "-pubout",
    ...passArguments(key),
];

function moduleArguments({ uri, engine }: OpensslKey, form: string): string[] {
    if (engine !== undefined) return ["-engine", engine, form, "engine"];
    // Naming a provider turns the default one off, which has the hashes.
    return uri.startsWith("pkcs11:") ? ["-provider", "pkcs11", "-provider", "default"] : [];
}

const passArguments = ({ passphraseFile }: OpensslKey): string[] =>
    passphraseFile === undefined ? [] : ["-passin", `file:${passphraseFile}`];

function openssl(args: readonly string[], input: Uint8Array = Buffer.alloc(0)): Buffer {
    try {
        return execFileSync("openssl", args, { input, stdio: ["pipe", "pipe", "pipe"] });
    } catch (error) {
        throw new Refusal(
            `[--key-uri] openssl ${args[0] ?? ""} failed: ${reason(error)}; look at the URI, the PIN and openssl's module`,
        );
    }
}

/** The first line that openssl wrote of a failure, or why it did not run. */
function reason(error: unknown): string {
    const { stderr, code } = error as { stderr?: Buffer; code?: string };
    const lines = (stderr?.toString() ?? "").split("\n");
    const line = lines.find((written) => written !== "" && !written.startsWith("Engine "));
    return line ?? code ?? "it wrote nothing";
}
