import { isAbsolute } from "node:path";
import { createSecureContext, getCiphers } from "node:tls";
import { isIdentity } from "./identity";
import type { TlsFiles } from "./material";
import type { TlsPolicy } from "./options";

/** Reads environment variables and remembers everything that is wrong, so that one start shows it all. */
export class EnvReader {
    /** One line each: variable, value, range, fix. */
    public readonly errors: string[] = [];

    constructor(private readonly env: Readonly<Record<string, string | undefined>>) {}

    /** A whole number without sign or exponent. */
    public integer(name: string, min: number, max: number, example: number): number {
        const valid = (text: string) =>
            /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max;
        return Number(this.#read(name, valid, `an integer from ${min} to ${max}`, String(example)));
    }

    public absolutePath(name: string, example: string): string {
        return this.#read(name, isAbsolute, "an absolute path", example);
    }

    public identity(name: string, example: string): string {
        return this.#read(name, isIdentity, "an identity <service>.<namespace>.svc", example);
    }

    public identities(name: string, example: string): string[] {
        const valid = (text: string) => text.split(",").every(isIdentity);
        return this.#read(
            name,
            valid,
            "identities <service>.<namespace>.svc with commas between",
            example,
        ).split(",");
    }

    /** A list with colons between, as OpenSSL has it. */
    public list(
        name: string,
        item: (text: string) => boolean,
        expected: string,
        example: string,
    ): string[] {
        return this.#read(name, (text) => text.split(":").every(item), expected, example).split(
            ":",
        );
    }

    /** One of a few words. */
    public choice<Word extends string>(name: string, words: readonly [Word, ...Word[]]): Word {
        const valid = (text: string) => words.some((word) => word === text);
        const read = this.#read(name, valid, words.join(" or "), words[0]);
        return words.find((word) => word === read) ?? words[0];
    }

    /** A text of a form. */
    public text(name: string, form: RegExp, expected: string, example: string): string {
        return this.#read(name, (text) => form.test(text), expected, example);
    }

    /** A JSON text whose value is read by `parse`, which gives undefined for what it does not take. */
    public json<Value>(
        name: string,
        parse: (value: unknown) => Value | undefined,
        expected: string,
        example: string,
    ): Value | undefined {
        const parsed = (text: string) => {
            try {
                return parse(JSON.parse(text));
            } catch {
                return undefined;
            }
        };
        const valid = (text: string) => parsed(text) !== undefined;
        return parsed(this.#read(name, valid, expected, example));
    }

    #read(
        name: string,
        valid: (text: string) => boolean,
        expected: string,
        example: string,
    ): string {
        const value = this.env[name];
        if (value !== undefined && valid(value)) return value;
        const got = value === undefined ? "is not set" : `is ${JSON.stringify(value)}`;
        this.errors.push(
            `${name} ${got}; expected ${expected}; set for example ${name}=${example}`,
        );
        return "";
    }
}

/** What every TLS service of the platform is told. */
export interface TlsEnv {
    readonly files: TlsFiles;
    readonly policy: TlsPolicy;
    readonly metricsPort: number;
    readonly metricsClients: readonly string[];
    readonly connectionMaxAgeSeconds: number;
    readonly drainSeconds: number;
}

/** What was read, or every error that stands against it; the two ports have to differ. */
export function readResult<Config extends Pick<TlsEnv, "metricsPort"> & { readonly port: number }>(
    { errors }: EnvReader,
    config: Config,
): { config: Config } | { errors: readonly string[] } {
    if (errors.length > 0) return { errors };
    if (config.port !== config.metricsPort) return { config };
    const got = `METRICS_PORT is "${config.port}", as PORT is`;
    return { errors: [`${got}; expected another port; set METRICS_PORT=9443`] };
}

/** Where the certificate lies that the service shows as a client; the trust bundle is the one it serves with. */
export function readClientFiles(reader: EnvReader, { files }: Pick<TlsEnv, "files">): TlsFiles {
    return {
        ...files,
        certificateDirectory: reader.absolutePath(
            "TLS_CLIENT_CERTIFICATE_DIR",
            "/etc/client-certs",
        ),
    };
}

/** Where a database is, and as whom the service logs in. */
export interface PostgresEnv {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly role: string;
    readonly passwordFile: string;
    /** Name that the server is verified by, where another one is dialled. */
    readonly servername?: string;
}

const databaseName = /^[a-z_][a-z0-9_]{0,62}$/;
const databaseNameRange = '1 to 63 lower-case letters, digits and "_", no digit first';

/** Reads `POSTGRES_*`; `example` is what an error shows. */
export const readPostgresEnv = (
    reader: EnvReader,
    example: Pick<PostgresEnv, "database" | "role">,
): PostgresEnv => ({
    host: reader.identity("POSTGRES_HOST", "postgres.llm-platform-data.svc"),
    port: reader.integer("POSTGRES_PORT", 1, 65535, 5432),
    database: reader.text("POSTGRES_DATABASE", databaseName, databaseNameRange, example.database),
    role: reader.text("POSTGRES_ROLE", databaseName, databaseNameRange, example.role),
    passwordFile: reader.absolutePath(
        "POSTGRES_PASSWORD_FILE",
        "/etc/postgres-credentials/password",
    ),
});

/** Reads `TLS_*`, `METRICS_*`, `CONNECTION_MAX_AGE_SECONDS` and `DRAIN_SECONDS`; what is wrong is in `reader.errors`. */
export function readTlsEnv(reader: EnvReader): TlsEnv {
    return {
        files: {
            certificateDirectory: reader.absolutePath("TLS_CERTIFICATE_DIR", "/etc/certs"),
            trustFile: reader.absolutePath("TLS_TRUST_FILE", "/etc/trust/ca.crt"),
        },
        policy: {
            cipherSuites: reader.list(
                "TLS_CIPHER_SUITES",
                isCipherSuite,
                "TLS 1.3 cipher suites with colons between",
                "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256",
            ),
            groups: reader.list(
                "TLS_GROUPS",
                isGroup,
                "groups that OpenSSL knows with colons between",
                "prime256v1:secp384r1",
            ),
        },
        metricsPort: reader.integer("METRICS_PORT", 1024, 65535, 9443),
        metricsClients: reader.identities("METRICS_CLIENTS", "prometheus.monitoring.svc"),
        connectionMaxAgeSeconds: reader.integer("CONNECTION_MAX_AGE_SECONDS", 1, 86400, 3600),
        drainSeconds: reader.integer("DRAIN_SECONDS", 1, 300, 20),
    };
}

function isCipherSuite(text: string): boolean {
    return /^TLS_[A-Z0-9_]+$/.test(text) && getCiphers().includes(text.toLowerCase());
}

/** Asks OpenSSL itself: what it does not know, or knows only in another build, would stop the server later. */
function isGroup(text: string): boolean {
    // `auto` is Node's own word for its default groups.
    if (text === "auto" || !/^[A-Za-z0-9_-]+$/.test(text)) return false;
    try {
        createSecureContext({ ecdhCurve: text });
        return true;
    } catch {
        return false;
    }
}
