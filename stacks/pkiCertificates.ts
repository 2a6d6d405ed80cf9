import {
    keyFingerprint,
    readAuthorityCertificate,
    type AuthorityCertificate,
} from "../components/pki/authorityCertificate";
import { addDays, dueDay, formatDay, intermediateAt, rootOf } from "../components/pki/generations";
import { Purpose, rootName, rootPathLength } from "../components/pki/hierarchy";
import { checkSignedCertificate } from "../components/pki/signedCertificate";
import { wrong } from "./shown";

/** What came from the offline root's machine, and what it is judged by. */
export interface OfflineArgs {
    /** Certificates of the roots by name, PEM. */
    readonly roots: Readonly<Record<string, string>>;
    /** Certificates of the intermediates by name, PEM. */
    readonly certificates: Readonly<Record<string, string>>;
    /** Requests that the last `up` left, by name, PEM. */
    readonly requests: Readonly<Record<string, string>>;
    readonly epoch: Date;
    readonly asOf: Date;
    readonly leafLifetimeHours: number;
}

/** Which of it can be used. */
export interface OfflinePki {
    readonly roots: readonly string[];
    /** Intermediates that fit their request, with the end of their certificate. */
    readonly signed: ReadonlyMap<string, Date>;
    readonly errors: readonly string[];
}

const purposes = Object.values(Purpose).join("|");
const rootNames = new RegExp(`^(${purposes})-root-g[1-9][0-9]{0,2}$`);
const intermediateNames = new RegExp(`^(${purposes})-ca-g([1-9][0-9]{0,2})$`);

/** What is wrong is a line each: the roots' first, since certificates are judged by them. */
export function offlinePki(args: OfflineArgs): OfflinePki {
    const rootErrors = Object.keys(args.roots).flatMap((name) => rootError(name, args) ?? []);
    const signed = new Map<string, Date>();
    const errors = Object.entries(args.certificates).flatMap(([name, pem]) => {
        const faults = certificateErrors(name, pem, args);
        const read = readAuthorityCertificate(pem);
        if (faults?.length === 0 && read) signed.set(name, read.notAfter);
        return faults ?? [];
    });
    return { roots: Object.keys(args.roots), signed, errors: [...rootErrors, ...errors] };
}

function rootError(name: string, { roots }: OfflineArgs): string | undefined {
    const key = `pki.roots.${name}`;
    if (!rootNames.test(name)) return unknownName(key, "root");
    const pem = roots[name] ?? "";
    if (isPrivateKey(pem)) return privateKeyError(key);
    const root = readAuthorityCertificate(pem);
    if (root === undefined || !isRoot(root))
        return wrong(
            key,
            "no root",
            "the certificate of an authority with path length 1 that signed itself, in PEM",
            "copy root.crt of the ceremony again",
        );
    const twin = Object.entries(roots).find(
        ([other, text]) => other < name && keyOf(text) === keyOf(pem),
    );
    if (twin === undefined) return undefined;
    return wrong(
        key,
        `the key of ${twin[0]}`,
        "a key of its own for every purpose and generation: bundles never mix",
        "make another root for it",
    );
}

const isRoot = ({ isAuthority, pathLength, certificate, publicKey }: AuthorityCertificate) =>
    isAuthority && pathLength === rootPathLength && certificate.verify(publicKey);

function keyOf(pem: string): string | undefined {
    const read = readAuthorityCertificate(pem);
    return read && keyFingerprint(read.publicKey);
}

/** Undefined for what counts for nothing: a generation that is over may stay in config, and a root may be wrong itself. */
function certificateErrors(name: string, pem: string, args: OfflineArgs): string[] | undefined {
    const key = `pki.certificates.${name}`;
    const [, purpose = "", digits] = intermediateNames.exec(name) ?? [];
    if (digits === undefined) return [unknownName(key, "ca")];
    if (isPrivateKey(pem)) return [privateKeyError(key)];
    const generation = Number(digits);
    const csrPem = args.requests[name];
    const due = intermediateAt(args.epoch, args.asOf);
    if (csrPem === undefined) return generation < due ? undefined : [notRequested(key, args)];
    const root = rootName(purpose, rootOf(generation));
    const rootPem = args.roots[root];
    if (rootPem === undefined)
        return [
            wrong(
                `pki.roots.${root}`,
                "not set",
                `the certificate of the root that signs ${name}`,
                "copy root.crt of the ceremony into it",
            ),
        ];
    // What is wrong with it is said of the root itself.
    if (keyOf(rootPem) === undefined) return undefined;
    const from = dueDay(args.epoch, generation);
    const asOf = args.asOf < from ? from : args.asOf;
    const faults = checkSignedCertificate({ certificatePem: pem, csrPem, rootPem, asOf });
    if (faults.length > 0) return faults.map((fault) => `[${key}] ${fault}`);
    return generation < due ? [] : lifeErrors(key, generation, pem, args);
}

/** One that was signed long before its day would not last until its successor's. */
function lifeErrors(key: string, generation: number, pem: string, args: OfflineArgs): string[] {
    const ends = readAuthorityCertificate(pem)?.notAfter ?? new Date(0);
    const successor = dueDay(args.epoch, generation + 1);
    const needed = addDays(successor, args.leafLifetimeHours / 24);
    if (ends >= needed) return [];
    const from = formatDay(dueDay(args.epoch, generation));
    return [
        wrong(
            key,
            `a certificate that ends ${formatDay(ends)}`,
            `one that ends ${formatDay(needed)} or later, so that it outlives every leaf of ${args.leafLifetimeHours}h until ${formatDay(successor)}`,
            `sign the request again with --not-before ${from}`,
        ),
    ];
}

const unknownName = (key: string, kind: "root" | "ca"): string =>
    wrong(
        key,
        "set",
        Object.values(Purpose)
            .map((purpose) => `${purpose}-${kind}-gN`)
            .join(", "),
        "correct its name or remove it",
    );

function notRequested(key: string, { requests }: OfflineArgs): string {
    const names = Object.keys(requests).sort().join(", ");
    return wrong(
        key,
        "set",
        names === ""
            ? "not set, since no request has been made yet"
            : `the names of output pkiRequests: ${names}`,
        "remove it, and sign what is requested",
    );
}

const isPrivateKey = (text: string): boolean => text.includes("PRIVATE KEY-----");

const privateKeyError = (key: string): string =>
    wrong(
        key,
        "<secret>",
        "a certificate",
        "remove it, and replace the key, which is secret no more",
    );
