/** A directive, or a block of them. */
export type Line = string | { readonly head: string; readonly body: readonly Line[] };

/** A block directive such as `server` or `map $a $b`. */
export const block = (head: string, body: readonly Line[]): Line => ({ head, body });

/** Lines as nginx reads them, four spaces a level, LF. */
export const renderLines = (lines: readonly Line[], indent = ""): string =>
    lines
        .map((line) =>
            typeof line === "string"
                ? `${indent}${line}\n`
                : `${indent}${line.head} {\n${renderLines(line.body, `${indent}    `)}${indent}}\n`,
        )
        .join("");

/**
 * A parameter in single quotes. Variables in it are still replaced; a backslash, which nginx reads differently before different
 * characters, has no place in one.
 *
 * @throws if the text holds a single quote, a backslash or what is not printable ASCII
 */
export function quoted(text: string): string {
    if (/[^\x20-\x7e]|['\\]/.test(text))
        throw new Error(`${JSON.stringify(text)} cannot be quoted`);
    return `'${text}'`;
}
