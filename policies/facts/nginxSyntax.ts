/** One directive of an nginx configuration, as written. */
export interface Directive {
    readonly name: string;
    /** Arguments with quotes removed and escapes resolved. */
    readonly args: readonly string[];
    /** What the braces hold, for a block. */
    readonly block?: readonly Directive[];
    /** Place of the name, for example `data["nginx.conf"]:14`. */
    readonly at: string;
}

export interface NginxSyntax {
    /** What was read, up to the problem if there is one. */
    readonly directives: readonly Directive[];
    /** Why nginx would not read on. */
    readonly problem?: { readonly at: string; readonly message: string };
}

/** nginx nests main, http, server, location and a few more; what is deeper is an attack on the reader. */
const deepest = 64;

interface OpenBlock {
    readonly directives: Directive[];
    readonly line: number;
}

/**
 * Reads a text by nginx's own grammar (ngx_conf_file.c): words, quotes, escapes, comments, `${variables}` and blocks. Never throws, and
 * takes time linear in the text's length.
 */
export function parseNginx(at: string, text: string): NginxSyntax {
    const reader = new TokenReader(text);
    const open: OpenBlock[] = [{ directives: [], line: 1 }];
    const stop = (line: number, message: string): NginxSyntax => ({
        directives: open[0]?.directives ?? [],
        problem: { at: `${at}:${line}`, message },
    });
    for (;;) {
        const statement = reader.next();
        const current = open.at(-1);
        if (statement.end === "problem") return stop(statement.line, statement.message);
        if (!current) return stop(statement.line, "no block");
        if (statement.end === "file") {
            if (open.length === 1) return { directives: current.directives };
            return stop(current.line, "a block that is not closed");
        }
        if (statement.end === "}") {
            if (open.length === 1) return stop(statement.line, 'a "}" that closes nothing');
            open.pop();
            continue;
        }
        const { words, end, line } = statement;
        const [name = "", ...args] = words;
        const place = `${at}:${line}`;
        if (end === ";") {
            current.directives.push({ name, args, at: place });
            continue;
        }
        if (open.length === deepest) return stop(line, `blocks more than ${deepest} deep`);
        const block: Directive[] = [];
        current.directives.push({ name, args, block, at: place });
        open.push({ directives: block, line });
    }
}

type Statement =
    | { readonly end: ";" | "{"; readonly words: readonly string[]; readonly line: number }
    | { readonly end: "}"; readonly line: number }
    | { readonly end: "file"; readonly line: number }
    | { readonly end: "problem"; readonly line: number; readonly message: string };

const isSpace = (char: string): boolean =>
    char === " " || char === "\t" || char === "\n" || char === "\r";

const space = /[ \t\r\n]+/y;
const inWord = /[^ \t\r\n;{$\\]+/y;
const inDoubleQuotes = /[^"\\]+/y;
const inSingleQuotes = /[^'\\]+/y;

/** Cuts a text into statements: words up to `;` or `{`, a `}`, or the end. */
class TokenReader {
    private position = 0;
    private line = 1;
    private readonly text: string;

    constructor(text: string) {
        this.text = text;
    }

    next(): Statement {
        const words: string[] = [];
        this.skip();
        const line = this.line;
        for (;;) {
            this.skip();
            const char = this.text[this.position];
            if (char === undefined) {
                if (words.length === 0) return { end: "file", line };
                return { end: "problem", line, message: 'a directive without its ";"' };
            }
            if (char === ";" || char === "{" || char === "}") {
                this.position++;
                if (char !== "}" && words.length > 0) return { end: char, words, line };
                if (char === "}" && words.length === 0) return { end: char, line };
                return { end: "problem", line: this.line, message: `an unexpected "${char}"` };
            }
            const word = char === '"' || char === "'" ? this.quoted(char) : this.word();
            if (word === undefined) return { end: "problem", line, message: "an unexpected quote" };
            words.push(word);
        }
    }

    /** Skips white space and comments. A `#` inside a word is not one. */
    private skip(): void {
        for (;;) {
            const char = this.text[this.position];
            if (char === "#") {
                const end = this.text.indexOf("\n", this.position);
                this.position = end < 0 ? this.text.length : end;
            } else if (char !== undefined && isSpace(char)) {
                this.pass(space);
            } else {
                return;
            }
        }
    }

    /** A word in quotes, which a space, a `;`, a `{` or a `)` must follow. */
    private quoted(quote: string): string | undefined {
        const start = ++this.position;
        const plain = quote === '"' ? inDoubleQuotes : inSingleQuotes;
        this.pass(plain);
        while (this.text[this.position] === "\\") {
            this.step();
            this.pass(plain);
        }
        if (this.position >= this.text.length) return undefined;
        const word = unescaped(this.text.slice(start, this.position));
        const after = this.text[++this.position];
        const ends = after === undefined || isSpace(after) || ";{)".includes(after);
        return ends ? word : undefined;
    }

    /** A bare word, up to a space, a `;` or a `{` that does not belong to a `${variable}`. */
    private word(): string {
        const start = this.position;
        let afterDollar = false;
        for (;;) {
            if (this.pass(inWord)) afterDollar = false;
            const char = this.text[this.position];
            if (char === undefined || isSpace(char) || char === ";") break;
            if (char === "{" && !afterDollar) break;
            afterDollar = char === "$" || char === "{";
            this.step();
        }
        return unescaped(this.text.slice(start, this.position));
    }

    /** Passes what a sticky pattern matches here, if it does. */
    private pass(pattern: RegExp): boolean {
        pattern.lastIndex = this.position;
        if (!pattern.test(this.text)) return false;
        const end = pattern.lastIndex;
        // Not by indexOf, which would look through the rest of a text without line breaks again and again.
        for (let index = this.position; index < end && pattern !== inWord; index++) {
            if (this.text[index] === "\n") this.line++;
        }
        this.position = end;
        return true;
    }

    /** Passes one character, or two where the first is a backslash. */
    private step(): void {
        const length = this.text[this.position] === "\\" ? 2 : 1;
        for (let index = 0; index < length; index++) {
            if (this.text[this.position] === "\n") this.line++;
            this.position++;
        }
    }
}

const escapes: Readonly<Record<string, string>> = { t: "\t", r: "\r", n: "\n" };

/** A backslash before a quote or a backslash goes, before t, r or n it makes a character, before anything else it stays. */
function unescaped(word: string): string {
    if (!word.includes("\\")) return word;
    return word.replace(/\\(["'\\trn])/g, (_match, char: string) => escapes[char] ?? char);
}
