import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { type Algorithm, fits } from "./algorithm";

/** The keys of a token issuer that can check the pinned algorithm. */
export interface KeySet {
    /** By `kid`. */
    readonly keys: ReadonlyMap<string, KeyObject>;
    /** SHA-256 of the file's text. */
    readonly hash: string;
}

/** Members that only a private or a shared key has. @see RFC 7518, 6.2.2, 6.3.2 and 6.4.1; RFC 8037, 2 */
const privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

const keyId = /^[!-~]{1,128}$/;

type Json = Readonly<Record<string, unknown>>;

export function hashOf(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}

/**
 * Reads a JSON Web Key Set. Keys for other uses and algorithms are left out, as RFC 7517 says; an empty set is one by which no
 * token is valid.
 *
 * Throws one sentence that never quotes a key: where the text is no set, where a member has a private part, no `kid` or one that
 * another has, where it is no key, and where there are keys and none of them fits.
 *
 * @see RFC 7517, 5
 */
export function readKeySet(text: string, algorithm: Algorithm): KeySet {
    const members = membersOf(text);
    const keys = new Map<string, KeyObject>();
    const seen = new Set<string>();
    members.forEach((member, index) => {
        const place = `keys[${index}]`;
        const kid = checkedKeyId(member, place);
        if (seen.has(kid))
            throw new Error(`${place}.kid is "${kid}", as another is; expected each once`);
        seen.add(kid);
        const key = keyOf(member, place);
        if (isMeantFor(member, algorithm) && fits(key, algorithm)) keys.set(kid, key);
    });
    if (members.length > 0 && keys.size === 0)
        throw new Error(`none of the ${members.length} key(s) can check ${algorithm}`);
    return { keys, hash: hashOf(text) };
}

function membersOf(text: string): readonly Json[] {
    const set = parsed(text);
    const members = isObject(set) ? set.keys : undefined;
    if (!Array.isArray(members) || !members.every(isObject))
        throw new Error('expected {"keys": [...]} with an object for each key');
    return members;
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        throw new Error("expected JSON");
    }
}

function isObject(value: unknown): value is Json {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checkedKeyId(member: Json, place: string): string {
    const secret = privateMembers.find((name) => name in member);
    if (secret !== undefined)
        throw new Error(
            `${place} has the member "${secret}" of a private or shared key; replace the key pair`,
        );
    const { kid } = member;
    if (typeof kid !== "string" || !keyId.test(kid))
        throw new Error(`${place}.kid is not 1 to 128 printable characters without space`);
    return kid;
}

/** Without OpenSSL's words, which are of no help. */
function keyOf(member: Json, place: string): KeyObject {
    try {
        return createPublicKey({ key: member, format: "jwk" });
    } catch {
        throw new Error(`${place} is not a public key with the members that its kty has`);
    }
}

function isMeantFor({ alg, use, key_ops: operations }: Json, algorithm: Algorithm): boolean {
    return (
        (alg === undefined || alg === algorithm) &&
        (use === undefined || use === "sig") &&
        (operations === undefined || (Array.isArray(operations) && operations.includes("verify")))
    );
}
