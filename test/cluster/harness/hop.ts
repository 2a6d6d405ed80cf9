import type { Credentials } from "./credentials";

/** One try to use a hop; what is not said is as a good client has it. */
export interface Attempt {
    /** No certificate is shown where absent. */
    readonly credentials?: Credentials;
    /** Speak without TLS. */
    readonly plaintext?: boolean;
    readonly maxVersion?: "TLSv1.2" | "TLSv1.3";
    /** TLS 1.3 suites to offer, by their OpenSSL names. */
    readonly cipherSuites?: string;
    /** Groups to offer, by their OpenSSL names. */
    readonly groups?: string;
    /** Name asked for in the handshake and, on HTTP, in `Host`. */
    readonly host?: string;
}

export type Outcome =
    /** `status` is the protocol's own: HTTP's, gRPC's, or that of a WebSocket's opening or closing. */
    | { readonly kind: "answered"; readonly status: number; readonly body: string }
    /** `reason` is the code of the TLS library or of the protocol, or what ended the connection. */
    | { readonly kind: "refused"; readonly reason: string };

/** Where a server is, and whom to take it for. */
export interface Endpoint {
    /** Of the hop, as reports call it. */
    readonly name: string;
    /** Name that the server's certificate must hold. */
    readonly host: string;
    /** Where the client really connects: a forwarded port on loopback. */
    readonly address: Address;
    /** Roots that the client trusts, as PEM. */
    readonly trust: string;
}

export interface Address {
    readonly host: string;
    readonly port: number;
}

/** A hop of the platform as the tests see it: how to use it once, and what a success looks like. */
export interface Hop {
    readonly name: string;
    /** What the platform's own client shows here. */
    readonly credentials: Credentials;
    /** A single use on a connection of its own. */
    attempt(attempt: Attempt): Promise<Outcome>;
    /** SHA-256 fingerprint of the leaf that a new connection is served. */
    servedFingerprint(): Promise<string>;
    /** Opens one of the long-lived connections that load and rotation are measured on. */
    open(): Session;
    /** Frees what the hop has on disk. */
    close?(): void;
}

/** A connection that is used again and again, and replaced when the server closed it in the way its protocol allows. */
export interface Session {
    /** One request; throws where a client of this protocol would report a failure. */
    request(): Promise<void>;
    /** Connections opened so far: more than one means the server closed an idle one and the client reconnected. */
    readonly connections: number;
    close(): void;
}
