import { parseArgs } from "node:util";
import { formatDay, parseDay } from "../components/pki/generations";
import { Purpose } from "../components/pki/hierarchy";
import { UsageError } from "./refusal";
import { checkKeyUri, type OpensslKey } from "./rootSigner";

const purposes: readonly string[] = Object.values(Purpose);

export interface InitOptions {
    readonly purpose: string;
    readonly generation: number;
    readonly organization: string;
    readonly notBefore: Date;
    readonly out: string;
    readonly passphraseFile: string | undefined;
    /** Absent: the key is made here. */
    readonly key: OpensslKey | undefined;
}

export interface SignOptions {
    readonly root: string;
    readonly csr: string;
    readonly out: string;
    readonly notBefore: Date;
    readonly isConfirmed: boolean;
    readonly passphraseFile: string | undefined;
    /** Absent: the key lies in the root's folder. */
    readonly key: OpensslKey | undefined;
}

export interface InspectOptions {
    readonly file: string;
    /** Absent: the file is shown, and compared with nothing. */
    readonly compared: { readonly csr: string; readonly root: string } | undefined;
    readonly asOf: Date;
}

type Values = Readonly<Record<string, unknown>>;

const keyOptions = ["passphrase-file", "key-uri", "engine"];

export function initOptions(args: readonly string[]): InitOptions {
    const { values } = parsed(args, [
        "purpose",
        "generation",
        "organization",
        "not-before",
        "out",
        ...keyOptions,
    ]);
    return {
        purpose: purpose(required(values, "purpose")),
        generation: generation(required(values, "generation")),
        organization: organization(required(values, "organization")),
        notBefore: day("not-before", required(values, "not-before")),
        out: required(values, "out"),
        ...keyOf(values),
    };
}

export function signOptions(args: readonly string[], now: Date): SignOptions {
    const { values } = parsed(args, ["root", "csr", "out", "not-before", ...keyOptions], ["yes"]);
    return {
        root: required(values, "root"),
        csr: required(values, "csr"),
        out: required(values, "out"),
        notBefore: day("not-before", optional(values, "not-before") ?? formatDay(now)),
        isConfirmed: values["yes"] === true,
        ...keyOf(values),
    };
}

export function inspectOptions(args: readonly string[], now: Date): InspectOptions {
    const { values, positionals } = parsed(args, ["csr", "root", "as-of"]);
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0)
        throw new UsageError(`[FILE] is given ${positionals.length} times; allowed once`);
    const asOf = optional(values, "as-of");
    return {
        file,
        compared: comparedWith(values),
        asOf: asOf === undefined ? now : day("as-of", asOf),
    };
}

function comparedWith(values: Values): InspectOptions["compared"] {
    if (values["csr"] === undefined && values["root"] === undefined) return undefined;
    return { csr: required(values, "csr"), root: required(values, "root") };
}

interface Parsed {
    readonly values: Values;
    readonly positionals: readonly string[];
}

function parsed(
    args: readonly string[],
    texts: readonly string[],
    flags: readonly string[] = [],
): Parsed {
    const options = Object.fromEntries<{ type: "string" | "boolean" }>([
        ...texts.map((name) => [name, { type: "string" }] as const),
        ...flags.map((name) => [name, { type: "boolean" }] as const),
    ]);
    try {
        // Only `inspect`, which has no --out, takes a file without an option.
        return parseArgs({ args: [...args], options, allowPositionals: !texts.includes("out") });
    } catch (error) {
        throw new UsageError((error as Error).message);
    }
}

function required(values: Values, name: string): string {
    const value = optional(values, name);
    if (value !== undefined) return value;
    throw new UsageError(`[--${name}] is missing; give it a value`);
}

function optional(values: Values, name: string): string | undefined {
    const value = values[name];
    if (value === "") throw new UsageError(`[--${name}] is empty; give it a value`);
    return typeof value === "string" ? value : undefined;
}

function purpose(value: string): string {
    if (purposes.includes(value)) return value;
    throw new UsageError(`[--purpose] is ${JSON.stringify(value)}; allowed ${purposes.join(", ")}`);
}

function generation(value: string): number {
    if (/^[1-9]\d{0,2}$/.test(value)) return Number(value);
    throw new UsageError(
        `[--generation] is ${JSON.stringify(value)}; allowed 1 to 999: N of the root's name workload-root-gN`,
    );
}

/** @see RFC 5280, A.1, ub-organization-name */
function organization(value: string): string {
    if (/^[^\p{C}]{1,64}$/u.test(value)) return value;
    throw new UsageError(
        `[--organization] is ${JSON.stringify(value)}; allowed 1 to 64 characters: the domain of the environment`,
    );
}

function day(name: string, value: string): Date {
    const found = parseDay(value);
    if (found !== undefined) return found;
    throw new UsageError(
        `[--${name}] is ${JSON.stringify(value)}; allowed a day YYYY-MM-DD, which begins at 00:00 UTC`,
    );
}

function keyOf(values: Values): Pick<SignOptions, "key" | "passphraseFile"> {
    const uri = optional(values, "key-uri");
    const engine = optional(values, "engine");
    const passphraseFile = optional(values, "passphrase-file");
    if (uri !== undefined) {
        checkKeyUri(uri);
        return { key: { uri, engine, passphraseFile }, passphraseFile };
    }
    if (engine === undefined) return { key: undefined, passphraseFile };
    throw new UsageError(
        `[--engine] is ${JSON.stringify(engine)} without --key-uri; allowed together with it: leave it out, or name the key`,
    );
}
