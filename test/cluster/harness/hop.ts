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
    /** Roots to trust instead of the platform's bundle. */
    readonly trust?: string;
    readonly headers?: Readonly<Record<string, string>>;
}

export type Outcome =
    | { readonly kind: "answered"; readonly status: number; readonly body: string }
    /** `reason` is the TLS library's error code, or what ended the connection. */
    | { readonly kind: "refused"; readonly reason: string };

/** A hop of the platform as the tests see it: how to use it once, and what a success looks like. */
export interface Hop {
    readonly name: string;
    /** A single use on a connection of its own. */
    attempt(attempt: Attempt): Promise<Outcome>;
    /** Opens one of the long-lived connections that load and rotation are measured on. */
    open(credentials: Credentials): Session;
}

/** A connection that is used again and again, and replaced when the server closed it in the way its protocol allows. */
export interface Session {
    /** One request; throws where a client of this protocol would report a failure. */
    request(): Promise<void>;
    /** Connections opened so far: more than one means the server closed an idle one and the client reconnected. */
    readonly connections: number;
    close(): void;
}
