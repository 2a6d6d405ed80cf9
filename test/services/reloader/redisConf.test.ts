import fc from "fast-check";
import { drift, parseRedisConf } from "../../../services/reloader/redisConf";

const parsed = (text: string) => Object.fromEntries(parseRedisConf(text));

describe("parseRedisConf", () => {
    it.each([
        ["a word", "tls-port 6380", { "tls-port": "6380" }],
        ["several words", "bind  127.0.0.1   -::1", { bind: "127.0.0.1 -::1" }],
        ["double quotes", 'tls-protocols "TLSv1.3"', { "tls-protocols": "TLSv1.3" }],
        ["single quotes", "dir '/a b'", { dir: "/a b" }],
        ["an escaped quote", 'dir "/a\\"b"', { dir: '/a"b' }],
        ["an empty value", 'tls-ca-cert-dir ""', { "tls-ca-cert-dir": "" }],
        ["capitals in the key alone", "DIR /Data", { dir: "/Data" }],
        ["a size in binary units", "maxmemory 2gb", { maxmemory: "2147483648" }],
        ["a size in decimal units", "maxmemory 64M", { maxmemory: "64000000" }],
        ["a number that is no size", "databases 16", { databases: "16" }],
        ["save points", "save 3600 1 300 100", { save: "3600 1 300 100" }],
        ["a line twice, of which the last holds", "port 1\nport 0", { port: "0" }],
        ["comments and blanks", "# port 1\n\n   port 0  \r\n", { port: "0" }],
    ])("reads %s", (_case, text, expected) => {
        expect(parsed(text)).toEqual(expected);
    });

    it.each(["requirepass", "masterauth", "tls-key-file-pass", "tls-client-key-file-pass"])(
        "leaves out the secret %s",
        (key) => {
            expect(parsed(`${key} secret\nport 0`)).toEqual({ port: "0" });
            expect(parsed(`${key.toUpperCase()} "secret"`)).toEqual({});
        },
    );

    it("reads back whatever is quoted as Redis quotes", () => {
        const value = fc.string({ unit: fc.constantFrom("a", "b", " ", "\\", '"', "'", "#", "/") });
        fc.assert(
            fc.property(value, (text) => {
                const quoted = `"${text.replace(/["\\]/g, "\\$&")}"`;
                expect(parsed(`dir ${quoted}`)).toEqual({ dir: text });
            }),
        );
    });
});

describe("drift", () => {
    const of = (file: Record<string, string>, running: Record<string, string>) =>
        Object.fromEntries(drift(new Map(Object.entries(file)), new Map(Object.entries(running))));

    it("is told for each parameter of the file", () => {
        expect(of({ port: "0", dir: "/data" }, { port: "6379", dir: "/data" })).toEqual({
            port: true,
            dir: false,
        });
    });

    it("is not told for what is no parameter, nor for what the file does not name", () => {
        expect(of({ include: "/etc/users.conf" }, { timeout: "5" })).toEqual({});
    });
});
