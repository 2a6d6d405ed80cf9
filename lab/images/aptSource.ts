/** Where Debian packages come from on this machine, without a suite. */
export interface AptSource {
    readonly uri: string;
    /** Keyring that apt itself checks this source with, if the machine's entry names one. */
    readonly signedBy?: string;
}

const COMMENT = /^\s*#/;

/**
 * Finds the archive that this machine installs Debian from: the first entry with component `main` and a suite of its own codename.
 *
 * @param files texts of `/etc/apt/sources.list` and `sources.list.d/*`, in either of apt's two formats
 * @throws if no entry fits
 */
export function findAptSource(files: readonly string[], codename: string): AptSource {
    for (const text of files) {
        const source = fromStanzas(text, codename) ?? fromLines(text, codename);
        if (source !== undefined) return source;
    }
    throw new Error(
        `no apt source has suite ${codename} with component main; add one to /etc/apt/sources.list.d`,
    );
}

/** The line that mmdebstrap takes: same archive, same key, another suite. */
export function sourceLine(source: AptSource, suite: string): string {
    const options = source.signedBy === undefined ? "" : `[signed-by=${source.signedBy}] `;
    return `deb ${options}${source.uri} ${suite} main`;
}

/** deb822: stanzas of `Field: value`. */
function fromStanzas(text: string, codename: string): AptSource | undefined {
    const lines = text.split("\n").filter((line) => !COMMENT.test(line));
    for (const stanza of lines.join("\n").split(/\n\s*\n/)) {
        const fields = new Map<string, string[]>();
        for (const line of stanza.split("\n")) {
            const [, field, value] = /^([A-Za-z-]+):\s*(.*)$/.exec(line) ?? [];
            if (field !== undefined)
                fields.set(field.toLowerCase(), (value ?? "").split(/\s+/).filter(Boolean));
        }
        const has = (field: string, value: string): boolean =>
            fields.get(field)?.includes(value) ?? false;
        const uri = fields.get("uris")?.[0];
        if (
            uri === undefined ||
            !has("types", "deb") ||
            !has("suites", codename) ||
            !has("components", "main")
        )
            continue;
        const signedBy = fields.get("signed-by")?.[0];
        return signedBy === undefined ? { uri } : { uri, signedBy };
    }
    return undefined;
}

/** One-line format: `deb [option=value ...] URI SUITE COMPONENT...`. */
function fromLines(text: string, codename: string): AptSource | undefined {
    for (const line of text.split("\n")) {
        const match = /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+(.*)$/.exec(line);
        const [, options, uri, suite, components] = match ?? [];
        if (
            uri === undefined ||
            suite !== codename ||
            !(components ?? "").split(/\s+/).includes("main")
        )
            continue;
        const signedBy = /(?:^|\s)signed-by=(\S+)/.exec(options ?? "")?.[1];
        return signedBy === undefined ? { uri } : { uri, signedBy };
    }
    return undefined;
}
