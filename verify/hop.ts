import type { Socket } from "node:net";

/** Where a TCP connection goes: an address or a name, and a port. */
export interface Address {
    readonly host: string;
    readonly port: number;
}

/** A certificate with its chain and its private key, both PEM. Never printed, never written to a file. */
export interface Credentials {
    readonly certificate: string;
    readonly privateKey: string;
}

/** What the certificate of a hop must be like. */
export interface ExpectedCertificate {
    /** The subject alternative names, all of them. */
    readonly names: readonly string[];
    /** Longest life, from the stack's outputs. */
    readonly lifetimeHours: number;
    /** How long before its end it has been replaced. */
    readonly renewBeforeHours: number;
    /** PEM of what the issuer issued last (leaf, then intermediate), from the workload's Secret. */
    readonly issued: string;
}

/** One place where TLS is spoken, as data: how to get there, and what must be found there. */
export interface Hop {
    /** Name in the table and in the evidence. */
    readonly name: string;
    /** The real name of the server: sent as server name and checked in the certificate. */
    readonly host: string;
    readonly port: number;
    /** Where the connection goes; differs from host and port where the path is redirected. */
    readonly address: Address;
    /**
     * Talks a fresh connection up to the point where TLS begins (STARTTLS, PostgreSQL's SSLRequest).
     * Absent where TLS begins at once.
     */
    readonly prelude?: (socket: Socket) => Promise<void>;
    /** The profile's cipher suites, under their TLS 1.3 names. */
    readonly cipherSuites: readonly string[];
    /** The profile's groups, under OpenSSL's names. */
    readonly groups: readonly string[];
    /** PEM of the roots that clients of this hop trust. */
    readonly trustBundle: string;
    readonly certificate: ExpectedCertificate;
    /** The verifier's own client certificate: the good credentials that every refusal is compared with. */
    readonly verifier: Credentials;
}

/** A hop that answers HTTP, and says on /v1/whoami whom it takes the caller for. */
export interface HttpHop extends Hop {
    /** Identity in the verifier's certificate, for example `verifier.llm-platform.svc`. */
    readonly verifierIdentity: string;
    /** How a request over this hop reaches the service. */
    readonly via: "gateway" | "direct";
}
