import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { keyFingerprint, type AuthorityCertificate } from "../components/pki/authorityCertificate";
import { formatName } from "../components/pki/distinguishedName";
import { Refusal } from "./refusal";

/** A signature of the root. Times are RFC 3339, hashes SHA-256 in hex. */
export interface LogEntry {
    /** Hash of the line before; of the first line, zeros. */
    readonly previous: string;
    readonly time: string;
    readonly serial: string;
    readonly subject: string;
    readonly issuer: string;
    /** Hash of the public key. */
    readonly key: string;
    /** Hash of the certificate. */
    readonly certificate: string;
    readonly notBefore: string;
    readonly notAfter: string;
}

export interface SigningLog {
    readonly entries: readonly LogEntry[];
    /** Hash of the last line. A log that lost its end is told by this alone: keep it apart from the log. */
    readonly head: string;
}

const fields = [
    "previous",
    "time",
    "serial",
    "subject",
    "issuer",
    "key",
    "certificate",
    "notBefore",
    "notAfter",
] as const satisfies readonly (keyof LogEntry)[];

const beginning = "0".repeat(64);

const sha256 = (content: string | Buffer): string =>
    createHash("sha256").update(content).digest("hex");

/**
 * Reads a log whose every line carries the hash of the one before.
 *
 * @throws a Refusal that names the line which does not follow
 */
export function readLog(file: string, text = readFileSync(file, "utf8")): SigningLog {
    const lines = text.split("\n");
    if (lines.pop() !== "" || lines.length === 0)
        throw new Refusal(
            `[${file}] line ${lines.length + 1} is cut short; allowed whole lines alone: take the copy of the log, and sign the request again`,
        );
    let head = beginning;
    const entries = lines.map((line, index) => {
        const entry = parseEntry(line);
        if (entry?.previous !== head)
            throw new Refusal(
                `[${file}] line ${index + 1} ${entry === undefined ? "is no entry" : `follows ${entry.previous}`}; allowed one that follows ${head}:` +
                    " a line was changed, removed or put in, so compare with the copies",
            );
        head = sha256(line);
        return entry;
    });
    return { entries, head };
}

/** Adds a line for a certificate, on the disk before the function returns. The first one begins the log. */
export function appendToLog(
    file: string,
    made: AuthorityCertificate,
    now: Date,
    log: SigningLog = { entries: [], head: beginning },
): SigningLog {
    const entry: LogEntry = {
        previous: log.head,
        time: now.toISOString(),
        serial: made.certificate.serialNumber.toLowerCase(),
        subject: formatName(made.subject),
        issuer: formatName(made.issuer),
        key: keyFingerprint(made.publicKey),
        certificate: certificateHash(made),
        notBefore: made.notBefore.toISOString(),
        notAfter: made.notAfter.toISOString(),
    };
    const line = JSON.stringify(entry);
    const handle = openSync(file, log.entries.length === 0 ? "ax" : "a", 0o600);
    try {
        writeSync(handle, `${line}\n`);
        fsyncSync(handle);
    } finally {
        closeSync(handle);
    }
    return { entries: [...log.entries, entry], head: sha256(line) };
}

export const certificateHash = ({ certificate }: AuthorityCertificate): string =>
    sha256(certificate.raw);

function parseEntry(line: string): LogEntry | undefined {
    const entry = parsed(line);
    const isEntry = fields.every((field) => typeof entry[field] === "string");
    return isEntry ? (entry as unknown as LogEntry) : undefined;
}

function parsed(line: string): Readonly<Record<string, unknown>> {
    try {
        return (JSON.parse(line) ?? {}) as Readonly<Record<string, unknown>>;
    } catch {
        return {};
    }
}
