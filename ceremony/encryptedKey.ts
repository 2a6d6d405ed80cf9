import {
    createCipheriv,
    createPrivateKey,
    pbkdf2Sync,
    randomBytes,
    type KeyObject,
} from "node:crypto";
import { derTag } from "../components/pki/der";
import { formatPem } from "../components/pki/pemBlock";
import { element, integer, objectId, octetString, sequence } from "./derWriter";
import { Refusal } from "./refusal";

/** Rounds of PBKDF2. OWASP asks for 600,000 with SHA-256; Node and openssl write 2,048 by themselves. */
export const keyDerivationRounds = 1_000_000;

/** Fewest characters of a passphrase: five or six words of a word list. */
export const shortestPassphrase = 20;

const label = "ENCRYPTED PRIVATE KEY";

const oid = {
    pbes2: "1.2.840.113549.1.5.13",
    pbkdf2: "1.2.840.113549.1.5.12",
    hmacWithSha256: "1.2.840.113549.2.9",
    aes256Cbc: "2.16.840.1.101.3.4.1.42",
};

/**
 * A private key as PKCS#8, encrypted by AES-256-CBC under PBKDF2 with HMAC-SHA-256. Any openssl since 1.0 reads it.
 *
 * @see RFC 8018, 6.2
 */
export function encryptKey(key: KeyObject, passphrase: string): string {
    const salt = randomBytes(16);
    const initial = randomBytes(16);
    const secret = pbkdf2Sync(passphrase, salt, keyDerivationRounds, 32, "sha256");
    const cipher = createCipheriv("aes-256-cbc", secret, initial);
    const encrypted = Buffer.concat([
        cipher.update(key.export({ type: "pkcs8", format: "der" })),
        cipher.final(),
    ]);
    return formatPem(sequence(scheme(salt, initial), octetString(encrypted)), label);
}

/**
 * Opens what `encryptKey` wrote.
 *
 * @throws a Refusal that names the file, if it is not encrypted, or if the passphrase is another
 */
export function decryptKey(pem: string, passphrase: string, file: string): KeyObject {
    if (!pem.startsWith(`-----BEGIN ${label}-----`))
        throw new Refusal(
            `[${file}] is no encrypted private key; allowed PKCS#8 in PEM, as \`ceremony init\` writes it`,
        );
    try {
        return createPrivateKey({ key: pem, passphrase });
    } catch {
        // What OpenSSL says of it helps nobody, and might hold of the file what must not be shown.
        throw new Refusal(
            `[${file}] is not opened by this passphrase; type it again, or fetch the other copy of the key if the file is damaged`,
        );
    }
}

function scheme(salt: Buffer, initial: Buffer): Buffer {
    const derivation = sequence(
        octetString(salt),
        integer(keyDerivationRounds),
        sequence(objectId(oid.hmacWithSha256), element(derTag.null)),
    );
    return sequence(
        objectId(oid.pbes2),
        sequence(
            sequence(objectId(oid.pbkdf2), derivation),
            sequence(objectId(oid.aes256Cbc), octetString(initial)),
        ),
    );
}
