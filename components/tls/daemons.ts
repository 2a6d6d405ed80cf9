import type { TlsProfile } from "./profile";

/** A program that terminates or opens TLS in an environment. */
export enum Daemon {
    Nginx = "nginx",
    Node = "node",
    Postgres = "postgres",
    Redis = "redis",
    Envoy = "envoy",
}

/** What a profile says that a daemon has to obey. */
export type ProfileAspect = "versions" | "cipherSuites" | "groups";

/**
 * How a daemon is made to obey: by a `setting` of its own, by a rendered configuration of `openssl` (OPENSSL_CONF), or by `none`,
 * in which case it offers what it was built with.
 */
export type Enforcement =
    | { readonly by: "setting"; readonly setting: string }
    | { readonly by: "openssl"; readonly setting: string }
    | { readonly by: "none"; readonly offers: readonly string[] };

const setting = (name: string): Enforcement => ({ by: "setting", setting: name });
const openssl = (name: string): Enforcement => ({ by: "openssl", setting: name });
const none = (...offers: string[]): Enforcement => ({ by: "none", offers });

/** Which daemon obeys which part of a profile, and through what. */
export const daemons: Readonly<Record<Daemon, Readonly<Record<ProfileAspect, Enforcement>>>> = {
    [Daemon.Nginx]: {
        versions: setting("ssl_protocols"),
        cipherSuites: setting("ssl_conf_command Ciphersuites"),
        groups: setting("ssl_ecdh_curve"),
    },
    [Daemon.Node]: {
        versions: setting("minVersion"),
        cipherSuites: setting("ciphers"),
        groups: setting("ecdhCurve"),
    },
    [Daemon.Postgres]: {
        versions: setting("ssl_min_protocol_version"),
        // ssl_tls13_ciphers came with PostgreSQL 18.
        cipherSuites: openssl("Ciphersuites"),
        // One curve of the profile: a list, ssl_groups, came with PostgreSQL 18.
        groups: setting("ssl_ecdh_curve"),
    },
    [Daemon.Redis]: {
        versions: setting("tls-protocols"),
        cipherSuites: setting("tls-ciphersuites"),
        groups: openssl("Groups"),
    },
    [Daemon.Envoy]: {
        versions: setting("minProtocolVersion"),
        // BoringSSL has no setting for TLS 1.3 suites: cipher_suites reaches TLS 1.2 only.
        cipherSuites: none(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
        ),
        groups: setting("ecdhCurves"),
    },
};

/** Part of a profile that a daemon would not obey. */
export interface ProfileGap {
    /** Name by which a configuration accepts it, `<daemon>.<aspect>`. */
    readonly name: string;
    /** What the daemon would negotiate although the profile does not have it, sorted. */
    readonly offers: readonly string[];
}

/** What of a profile the given daemons would not obey. Nothing that a daemon offers anyway and the profile allows is a gap. */
export function profileGaps(profile: TlsProfile, used: readonly Daemon[]): ProfileGap[] {
    const allowed: Readonly<Record<ProfileAspect, readonly string[]>> = {
        versions: ["TLSv1.3"],
        cipherSuites: profile.cipherSuites,
        groups: profile.groups,
    };
    return used.flatMap((daemon) =>
        (["versions", "cipherSuites", "groups"] as const).flatMap((aspect) => {
            const enforcement = daemons[daemon][aspect];
            if (enforcement.by !== "none") return [];
            const offers = enforcement.offers.filter((offer) => !allowed[aspect].includes(offer));
            return offers.length === 0
                ? []
                : [{ name: `${daemon}.${aspect}`, offers: offers.sort() }];
        }),
    );
}
