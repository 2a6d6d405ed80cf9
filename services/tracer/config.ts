import {
    defaultHealthSocket,
    EnvReader,
    readResult,
    readTlsEnv,
    type TlsEnv,
} from "@encryption-in-transit/services-tls";
import { type Algorithm, algorithms } from "./algorithm";

/** What a token must say, and the keys that may have signed it. Nothing of it has a default. */
export interface TokenPolicy {
    /** `iss`, compared as a whole. */
    readonly issuer: string;
    /** One of `aud`. */
    readonly audience: string;
    /** The one algorithm, whatever a token's own header says. */
    readonly algorithm: Algorithm;
    /** File with the issuer's public keys, followed while the service runs. */
    readonly jwksFile: string;
}

/** What one client may use. */
export interface StreamLimits {
    /** Size of a message in bytes, over all its frames. */
    readonly maxPayloadBytes: number;
    /** Frames of a socket in a second; as many at once. */
    readonly maxMessagesPerSecond: number;
    /** Sockets open at the same time with one identity. */
    readonly maxSocketsPerIdentity: number;
}

export interface TracerConfig extends TlsEnv, TokenPolicy, StreamLimits {
    readonly port: number;
    /** The one peer whose `Client-Cert` header is believed. */
    readonly gatewayIdentity: string;
    /** End clients, whether they come by the gateway or directly. */
    readonly allowedClients: readonly string[];
    /** What an `Origin` header may be; without one a client is no browser, and is judged by the rest alone. */
    readonly allowedOrigins: readonly string[];
    /** Unix socket of the health endpoint. */
    readonly healthSocket: string;
}

const printable = /^[!-~]{1,256}$/;
const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const origin = `https://${label}(?:\\.${label})*(?::[1-9]\\d{0,4})?`;
const origins = new RegExp(`^(?:${origin}(?:,${origin})*)?$`);

const defaultMaxSocketsPerIdentity = 256;

/** Reads the configuration, or the errors that stand against it: all of them, one line each. */
export function readConfig(
    env: NodeJS.ProcessEnv,
): { config: TracerConfig } | { errors: readonly string[] } {
    const reader = new EnvReader({
        HEALTH_SOCKET: defaultHealthSocket,
        MAX_SOCKETS_PER_IDENTITY: String(defaultMaxSocketsPerIdentity),
        ...env,
    });
    const config: TracerConfig = {
        port: reader.integer("PORT", 1024, 65535, 3002),
        ...readTlsEnv(reader),
        gatewayIdentity: reader.identity("GATEWAY_IDENTITY", "gateway.llm-platform.svc"),
        allowedClients: reader.identities("ALLOWED_CLIENTS", "verifier.llm-platform.svc"),
        allowedOrigins: readOrigins(reader),
        ...readTokenPolicy(reader),
        ...readLimits(reader),
        healthSocket: reader.absolutePath("HEALTH_SOCKET", defaultHealthSocket),
    };
    return readResult(reader, config);
}

/** Empty where no browser may connect; not set is an error, since the two should not be mistaken for each other. */
function readOrigins(reader: EnvReader): readonly string[] {
    const text = reader.text(
        "ALLOWED_ORIGINS",
        origins,
        "origins https://<host> with commas between, or empty",
        "https://console.local.bluefly.io",
    );
    return text === "" ? [] : text.split(",");
}

function readTokenPolicy(reader: EnvReader): TokenPolicy {
    const expected = "1 to 256 printable characters without space";
    return {
        issuer: reader.text("JWT_ISSUER", printable, expected, "https://issuer.local.bluefly.io"),
        audience: reader.text("JWT_AUDIENCE", printable, expected, "tracer.local.bluefly.io"),
        algorithm: reader.choice("JWT_ALGORITHM", algorithms),
        jwksFile: reader.absolutePath("JWKS_FILE", "/etc/tracer-jwks/jwks.json"),
    };
}

function readLimits(reader: EnvReader): StreamLimits {
    return {
        maxPayloadBytes: reader.integer("MAX_PAYLOAD_BYTES", 64, 1_048_576, 65_536),
        maxMessagesPerSecond: reader.integer("MAX_MESSAGES_PER_SECOND", 1, 10_000, 200),
        maxSocketsPerIdentity: reader.integer(
            "MAX_SOCKETS_PER_IDENTITY",
            1,
            4096,
            defaultMaxSocketsPerIdentity,
        ),
    };
}
