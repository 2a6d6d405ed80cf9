import type { TlsProfile } from "./profile";

/**
 * Renders a configuration of OpenSSL itself, for a daemon that has no setting for what the profile says: TLS 1.3 alone, the
 * profile's suites and groups. The daemon finds it by the environment variable OPENSSL_CONF.
 *
 * OpenSSL gives it to every context as it is made, so a setting of the daemon's own still wins. It holds for what the daemon opens
 * as a client too. A suite or a group that it does not know would be passed over in silence, and its defaults offered:
 * `config_diagnostics` makes it an error, and the daemon does not start.
 *
 * @throws an error that names the list, if it is empty or a name in it could be read as something else
 * @see https://docs.openssl.org/3.5/man5/config/, SSL configuration
 */
export function renderOpensslConf({ cipherSuites, groups }: OpensslConfSettings): string {
    return [
        "config_diagnostics = 1",
        "openssl_conf = openssl_init",
        "",
        "[openssl_init]",
        "ssl_conf = ssl_module",
        "",
        "[ssl_module]",
        "system_default = every_context",
        "",
        "[every_context]",
        "MinProtocol = TLSv1.3",
        `Ciphersuites = ${joined("cipherSuites", cipherSuites)}`,
        `Groups = ${joined("groups", groups)}`,
        // Redis would send tickets whose use it then answers with alert 80: so a client that keeps one makes a full handshake.
        "Options = -SessionTicket",
        "",
    ].join("\n");
}

/** What of a profile OpenSSL is told. */
export type OpensslConfSettings = Pick<TlsProfile, "cipherSuites" | "groups">;

/** Key of a ConfigMap, and so the name of the mounted file, under which components put it. */
export const opensslConfKey = "openssl.cnf";

function joined(argument: string, names: readonly string[]): string {
    if (names.length === 0) throw new Error(`[${argument}] is empty; allowed one name or more`);
    const odd = names.find((name) => !/^[A-Za-z0-9_-]+$/.test(name));
    if (odd !== undefined)
        throw new Error(
            `[${argument}] has ${JSON.stringify(odd)}; allowed OpenSSL names of letters, digits, "_" and "-"`,
        );
    return names.join(":");
}
