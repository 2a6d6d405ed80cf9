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
    /** What the issuer issued last, from the workload's Secret. */
    readonly issued: IssuedCertificate;
}

/** A certificate, as far as needed to know it again: small enough for the manifest of a Job. */
export interface IssuedCertificate {
    /** SHA-256 of the leaf's DER, hexadecimal, lower case. */
    readonly sha256: string;
    /** Start of its life, RFC 3339. */
    readonly notBefore: string;
}

/** How somebody was received who said the first words of what is spoken over TLS. */
export interface Reception {
    /** `odd`: let in, but not as the one who came, or answered in a way that says neither. */
    readonly kind: "welcome" | "refusal" | "odd";
    /** For people, in a few words. */
    readonly seen: string;
}

/** What is spoken over a hop's TLS, as far as needed to tell a welcome from a refusal. */
export interface Application {
    /** What its clients offer in ALPN. Empty: nothing. */
    readonly protocols: readonly string[];
    /** A client's first words, to which every server says something. */
    readonly greeting: Buffer;
    /** What the verifier must see with its own certificate, in a few words. */
    readonly welcome: string;
    /** What it must see with no certificate or a stranger's. */
    readonly refusal: string;
    /** Comes over TLS with these credentials, or with none. */
    readonly knock: (hop: Hop, client?: Credentials) => Promise<Reception>;
    /** Says the first words without TLS. */
    readonly knockInClear: (address: Address) => Promise<Reception>;
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
    readonly prelude?: ((socket: Socket) => Promise<void>) | undefined;
    readonly application: Application;
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

/** What a client of HTTP asks for. */
export interface Question {
    /** Default GET. */
    readonly method?: string;
    readonly path: string;
    /** Added to `Host`, or in its place. */
    readonly headers?: Readonly<Record<string, string>>;
}

/** HTTP with a service that answers one question in a way that shows whom it takes the caller for. */
export interface HttpApplication extends Application {
    readonly question: Question;
}

/** A hop that knows its clients by the identity in their certificate. */
export interface IdentifyingHop extends Hop {
    /** Identity in the verifier's certificate, for example `verifier.llm-platform.svc`. */
    readonly verifierIdentity: string;
}

/** A workload that is asked directly by another one in the cluster. */
export interface InsideHop extends IdentifyingHop {
    /** Port of the same host that is for the monitoring alone. */
    readonly metricsPort: number;
}

/** A hop that speaks HTTP, and knows its clients. */
export interface HttpHop extends IdentifyingHop {
    readonly application: HttpApplication;
}

/** A hop's own question with other headers beside its own, or in their place. */
export function askedWith(
    { application: { question } }: HttpHop,
    headers: Readonly<Record<string, string>>,
): Question {
    return { ...question, headers: { ...question.headers, ...headers } };
}
