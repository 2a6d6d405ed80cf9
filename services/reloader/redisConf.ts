/** Parameters that hold a secret: never asked for, never compared. */
const secrets = ["requirepass", "masterauth", "tls-key-file-pass", "tls-client-key-file-pass"];

/**
 * The parameters that a redis.conf sets, as `CONFIG GET` would show them: without quotes, sizes in bytes, the last line of
 * several. `save` has to be on one line. Secrets are left out. Directives that are no parameter, such as `include` or `user`, are in it; the daemon does not know them.
 */
export function parseRedisConf(text: string): ReadonlyMap<string, string> {
    const parameters = new Map<string, string>();
    for (const line of text.split("\n").map((each) => each.trim())) {
        if (line === "" || line.startsWith("#")) continue;
        const [directive = "", ...values] = (line.match(words) ?? []).map(unquoted);
        const key = directive.toLowerCase();
        if (secrets.includes(key)) continue;
        parameters.set(key, inBytes(values.join(" ")));
    }
    return parameters;
}

/** For each parameter of the file that the daemon knows, whether what it runs with differs. */
export function drift(
    file: ReadonlyMap<string, string>,
    running: ReadonlyMap<string, string>,
): ReadonlyMap<string, boolean> {
    const known = [...file].filter(([key]) => running.has(key));
    return new Map(known.map(([key, value]) => [key, running.get(key) !== value]));
}

/** As Redis splits a line: by blanks, but not inside quotes. */
const words = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\S+/g;

function unquoted(word: string): string {
    const quoted = /^(["'])(.*)\1$/.exec(word)?.[2];
    return quoted === undefined ? word : quoted.replace(/\\(.)/g, "$1");
}

/** @see redis.conf, "Note on units": 1k is 1000 and 1kb is 1024 bytes. */
const units: Readonly<Record<string, number>> = {
    k: 1e3,
    kb: 2 ** 10,
    m: 1e6,
    mb: 2 ** 20,
    g: 1e9,
    gb: 2 ** 30,
};

function inBytes(value: string): string {
    const size = /^(\d+)([kmg]b?)$/i.exec(value);
    const unit = units[size?.[2]?.toLowerCase() ?? ""];
    return unit === undefined ? value : String(Number(size?.[1]) * unit);
}
