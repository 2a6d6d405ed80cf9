import { createHash } from "node:crypto";
import type { Subject, Violation } from "./rule";

/**
 * Takes secrets out of a message. Policies see decrypted values and cannot tell which were secret, so all that a Secret holds goes,
 * and everywhere else whatever looks like a key, a token or a password in a URL.
 */
export function redactSecrets(violation: Violation, subject: Subject): Violation {
    const inSecret = subject.group === "" && subject.kind === "Secret";
    return { ...violation, got: inSecret ? secret(violation.got) : redactText(violation.got) };
}

/**
 * The value if it is one that such a field could honestly have, else its hash: a short password in the place of a version has nothing
 * by which it could be told.
 */
export const shownIf = (isHonest: (value: string) => boolean, value: string): string =>
    value.length <= longest && isHonest(value) ? value : secret(value);

/** An address or a path is shown if it has the characters of one: that it is a secret all the same, nothing would tell. */
export const shownAddress = (value: string): string =>
    shownIf((text) => /^[\w.:/$*{}[\]@?=&%~-]+$/.test(text), value);

/** Characters; long enough for any honest directive; what is longer says no more. */
const longest = 300;

export function redactText(whole: string): string {
    if (whole.includes("-----BEGIN")) return secret(whole);
    // What is cut off here is beyond what is shown, so no half of a secret is left.
    const text = whole.slice(0, 10 * longest);
    const clean = text
        .replace(/\/\/([^\s/@]+)@/g, (_match, userinfo: string) => `//${secret(userinfo)}@`)
        .replace(/\S{20,}/g, (word) => (looksSecret(word) ? secret(word) : word));
    return clean.length > longest ? `${clean.slice(0, longest)}...` : clean;
}

/** Base64, hexadecimal and tokens: a long run of letters and digits. Names of suites, hosts and paths have no such run. */
function looksSecret(word: string): boolean {
    if (/[A-Za-z0-9]{20,}/.test(word) && /\d/.test(word)) return true;
    const mixed = /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word);
    return mixed && /^[A-Za-z0-9+/=_-]{24,}$/.test(word);
}

const secret = (value: string): string =>
    `<secret, sha256 ${createHash("sha256").update(value).digest("hex").slice(0, 8)}>`;
