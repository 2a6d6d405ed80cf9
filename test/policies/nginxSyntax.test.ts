import * as fc from "fast-check";
import { parseNginx, type Directive, type NginxSyntax } from "../../policies/facts/nginxSyntax";
import { rules } from "../../policies/rules";
import { configMap, judge } from "./judging";

const read = (text: string): NginxSyntax => parseNginx("f", text);

/** Directives as nested lists of words, without places. */
type Words = readonly (string | Words)[];
const words = (directives: readonly Directive[]): Words =>
    directives.map(({ name, args, block }) => [name, ...args, ...(block ? [words(block)] : [])]);

it.each<[name: string, text: string, directives: Words]>([
    ["a directive", "user nginx;", [["user", "nginx"]]],
    ["a block", "http { a b; }", [["http", [["a", "b"]]]]],
    [
        "no space where none is needed",
        "a{b c;d{}}",
        [
            [
                "a",
                [
                    ["b", "c"],
                    ["d", []],
                ],
            ],
        ],
    ],
    ["a directive over several lines", "a b\n  c\r\n\td;", [["a", "b", "c", "d"]]],
    ["comments", "# a;\na b; # c;\n#d", [["a", "b"]]],
    ["a # inside a word", "a b#c d;", [["a", "b#c", "d"]]],
    ["quotes", `a "b c" 'd;{}#e';`, [["a", "b c", "d;{}#e"]]],
    ["the other quote inside quotes", `a "it's" 'a "b"';`, [["a", "it's", 'a "b"']]],
    ["an escaped quote", String.raw`a "b\"c" 'd\'e';`, [["a", 'b"c', "d'e"]]],
    [
        "an escaped space and brace",
        String.raw`a b\ c d\;e;`,
        [["a", String.raw`b\ c`, String.raw`d\;e`]],
    ],
    ["escapes", String.raw`a "\t\n\\\x";`, [["a", "\t\n\\\\x"]]],
    ["a quote inside a word", `a b"c" d'e;`, [["a", 'b"c"', "d'e"]]],
    ["an empty string", `a "";`, [["a", ""]]],
    ["a variable in braces", "a ${b}c $d;", [["a", "${b}c", "$d"]]],
    ["a brace that ends a word", "if ($a) {b c;}", [["if", "($a)", [["b", "c"]]]]],
    ["a bracket after quotes", `if ($a = "b"){c d;}`, [["if", "($a", "=", "b", ")", [["c", "d"]]]]],
    ["a brace within a word", "a b}c;", [["a", "b}c"]]],
    ["a dollar that is escaped", String.raw`a \$ {b c;}`, [["a", String.raw`\$`, [["b", "c"]]]]],
    ["a quoted name", `"http" { 'a' b; }`, [["http", [["a", "b"]]]]],
    ["text beyond ASCII", "a é 漢字 🔐;", [["a", "é", "漢字", "🔐"]]],
    ["nothing", " \n\t", []],
])("reads %s", (_name, text, directives) => {
    expect(read(text).problem).toBeUndefined();
    expect(words(read(text).directives)).toEqual(directives);
});

it.each([
    ["a directive that does not end", "a b;\nc d", 'f:2 a directive without its ";"'],
    ["a block that does not end", "a b;\n\nc {\n d e;\n", "f:3 a block that is not closed"],
    ["a brace that closes nothing", "a b;\n}", 'f:2 a "}" that closes nothing'],
    ["a brace in a directive", "a b }", 'f:1 an unexpected "}"'],
    ["a semicolon alone", "a b; ;", 'f:1 an unexpected ";"'],
    ["a block without a name", "{ a b; }", 'f:1 an unexpected "{"'],
    ["quotes that do not end", 'a "b;\n', "f:1 an unexpected quote"],
    ["a word right after quotes", 'a "b"c;', "f:1 an unexpected quote"],
    ["blocks without end", "a{".repeat(100_000), "f:1 blocks more than 64 deep"],
])("stops at %s", (_name, text, problem) => {
    const found = read(text).problem;
    expect(`${found?.at ?? ""} ${found?.message ?? ""}`).toBe(problem);
});

it("keeps what it read before a problem", () => {
    expect(words(read("a b; c { d e; f").directives)).toEqual([
        ["a", "b"],
        ["c", [["d", "e"]]],
    ]);
});

it("counts lines through comments, quotes and blocks", () => {
    const { directives } = read("# one\na 'two\nthree';\nb {\n  c d; e f;\n}\ng h;");
    const places = directives.flatMap(({ at, block }) => [
        at,
        ...(block ?? []).map((inner) => inner.at),
    ]);
    expect(places).toEqual(["f:2", "f:4", "f:5", "f:5", "f:7"]);
});

/** A word in quotes, as a text that says it and as what it says. */
const word = fc.string({
    unit: fc.constantFrom(...Array.from("ab ;{}#'\"$\\\n")),
    minLength: 1,
    maxLength: 6,
});
const quoted = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;

it("reads back every word that is quoted", () => {
    fc.assert(
        fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (all) => {
            expect(words(read(`${all.map(quoted).join(" ")};`).directives)).toEqual([all]);
        }),
    );
});

const soup = fc.array(
    fc.constantFrom(
        "http",
        "server",
        "listen 80",
        "include x",
        "proxy_pass",
        "$a",
        "{",
        "}",
        ";",
        '"',
        "'",
        "\\",
        "#",
        "\n",
        " ",
        "ssl_protocols",
    ),
    { maxLength: 60 },
);

it("never throws, and neither does a rule, whatever the text", () => {
    fc.assert(
        fc.property(
            fc.oneof(
                soup.map((all) => all.join("")),
                fc.string({ unit: "binary" }),
            ),
            (text) => {
                const subject = configMap({ "nginx.conf": text, x: text });
                for (const rule of rules) {
                    const gots = judge(rule, subject).map(({ got }) => got);
                    expect(gots.filter((got) => got.includes("cannot read"))).toEqual([]);
                }
            },
        ),
        { numRuns: 500 },
    );
});

describe("time", () => {
    const milliseconds = (text: string): number => {
        const subject = configMap({ "nginx.conf": text });
        const started = performance.now();
        for (const rule of rules) judge(rule, subject);
        return performance.now() - started;
    };
    const server = (index: number) =>
        `server { listen ${index} ssl; server_name n${index}; location / { proxy_pass http://u; } }\n`;
    const servers = (count: number) =>
        `http {\n${Array.from({ length: count }, (_, index) => server(index)).join("")}}`;

    it.each([
        ["1 MB of directives", "a b;".repeat(250_000)],
        ["1 MB of quotes", '"'.repeat(1_000_000)],
        ["1 MB of backslashes", "\\".repeat(1_000_000)],
        ["1 MB of one word", "a".repeat(1_000_000)],
        ["1 MB of comments", "#\n".repeat(500_000)],
        ["1 MB of open blocks", "a{".repeat(500_000)],
        ["10,000 servers", servers(10_000)],
        [
            "10,000 servers below 10,000 headers",
            servers(10_000).replace(
                "http {",
                `http { ${"proxy_set_header a b; ssl_protocols TLSv1.2; ".repeat(10_000)}`,
            ),
        ],
        ["100,000 includes of what is not there", "include x;".repeat(100_000)],
    ])("is short for %s", (_name, text) => {
        expect(milliseconds(text)).toBeLessThan(3000);
    });

    it("grows with the text and not with its square", () => {
        milliseconds(servers(2_000));
        const once = Math.max(milliseconds(servers(5_000)), 20);
        expect(milliseconds(servers(40_000))).toBeLessThan(once * 8 * 4);
    });
});
