import { readFileSync } from "node:fs";
import { makeKeys, makeRequest } from "../pki/authorities";
import { Desk, perform } from "./performing";

const desk = new Desk();
const name = "O=local.bluefly.io, CN=workload-ca-g1";
const read = (file: string): string => readFileSync(desk.at(file), "utf8");
const inspect = (file: string, ...options: string[]) =>
    perform(["inspect", ...options, desk.at(file)]);

beforeAll(async () => {
    desk.write("ca.csr", await makeRequest(name, await makeKeys("P-256")));
    desk.write("other.csr", await makeRequest(name, await makeKeys("P-256")));
    for (const root of ["root", "other"]) await perform(desk.initArguments(root));
    await perform(desk.signArguments("ca.csr", "ca.crt"));
    await perform(desk.signArguments("other.csr", "other.crt", { "not-before": "2027-01-01" }));
});

afterAll(() => {
    desk.remove();
});

describe("shows", () => {
    it("a certificate", async () => {
        const { exitCode, shown } = await inspect("ca.crt");
        expect(exitCode).toBe(0);
        expect(shown.replace(/[0-9a-f]{32,}/g, "#")).toBe(`certificate sha256 #
serial      #
subject     O=local.bluefly.io, CN=workload-ca-g1
issuer      O=local.bluefly.io, CN=workload-root-g1
key         P-256, sha256 #
authority   yes, path length 0
usages      CRL signing, certificate signing
begins      2026-11-24T00:00:00.000Z
ends        2027-11-24T00:00:00.000Z`);
    });

    it("a request", async () => {
        const { exitCode, shown } = await inspect("ca.csr");
        expect(exitCode).toBe(0);
        expect(shown.replace(/[0-9a-f]{32,}/g, "#"))
            .toBe(`subject     O=local.bluefly.io, CN=workload-ca-g1
key         P-256, sha256 #
signed      by its own key`);
    });

    it("a name that would move the cursor as what it is", async () => {
        desk.write(
            "odd.csr",
            await makeRequest("O=a\u001b[2J\u009bH, CN=b", await makeKeys("P-256")),
        );
        expect((await inspect("odd.csr")).shown.split("\n")[0]).toBe(
            "subject     O=a\\u{1b}[2J\\u{9b}H, CN=b",
        );
    });

    it("no private key", async () => {
        const { exitCode, error, shown } = await inspect("root/root.key");
        expect(exitCode).toBe(1);
        expect(shown).toBe("");
        expect(error).toBe(
            `[${desk.at("root/root.key")}] is no whole certificate, request or log; allowed one certificate or request in PEM, or the log signed.jsonl`,
        );
    });
});

describe("a log", () => {
    const log = (): string[] => read("root/signed.jsonl").split("\n");

    it("is shown with its end", async () => {
        const { exitCode, shown } = await inspect("root/signed.jsonl");
        expect(exitCode).toBe(0);
        expect(shown.match(/CN=workload-ca-g1$/gm)).toHaveLength(2);
        expect(shown).toMatch(/^3 lines, the log ends in [0-9a-f]{64}$/m);
    });

    it.each<[string, (lines: string[]) => string[], RegExp]>([
        [
            "a line in the middle was changed",
            (lines) => lines.with(1, (lines[1] ?? "").replace("ca-g1", "ca-g2")),
            /line 3 follows [0-9a-f]{64}; allowed one that follows [0-9a-f]{64}: a line was changed, removed or put in, so compare with the copies$/,
        ],
        [
            "a line was removed",
            (lines) => lines.toSpliced(1, 1),
            /line 2 follows [0-9a-f]{64}; allowed one that follows/,
        ],
        [
            "the first line was removed",
            (lines) => lines.slice(1),
            /line 1 follows [0-9a-f]{64}; allowed one that follows 0{64}:/,
        ],
        [
            "a line is there twice",
            (lines) => lines.toSpliced(1, 0, lines[1] ?? ""),
            /line 3 follows [0-9a-f]{64}; allowed one that follows/,
        ],
        [
            "a line is none",
            (lines) => lines.with(1, "{}"),
            /line 2 is no entry; allowed one that follows/,
        ],
        [
            "a line is cut",
            (lines) => lines.toSpliced(-2, 2, (lines.at(-2) ?? "").slice(0, 100)),
            /line 3 is cut short; allowed whole lines alone: take the copy of the log, and sign the request again$/,
        ],
    ])("is refused where %s", async (_, alter, message) => {
        desk.write("altered.jsonl", alter(log()).join("\n"));
        const { exitCode, error } = await inspect("altered.jsonl");
        expect(exitCode).toBe(1);
        expect(error).toMatch(message);
    });

    it.each<[string, (lines: string[]) => string[]]>([
        ["was changed", (lines) => lines.map((line) => line.replace("2027-01-01", "2027-01-02"))],
        ["was removed", (lines) => lines.toSpliced(-2, 1)],
    ])("whose last line %s has another end", async (_, alter) => {
        desk.write("end.jsonl", alter(log()).join("\n"));
        const end = async (file: string) =>
            /ends in ([0-9a-f]{64})$/.exec((await inspect(file)).shown)?.[1];
        expect(await end("root/signed.jsonl")).toMatch(/./);
        expect(await end("end.jsonl")).toMatch(/./);
        expect(await end("end.jsonl")).not.toBe(await end("root/signed.jsonl"));
    });
});

describe("a certificate beside its request and root", () => {
    const compared = (certificate: string, csr: string, root: string, ...more: string[]) =>
        inspect(certificate, "--csr", desk.at(csr), "--root", desk.at(root), ...more);

    it("fits", async () => {
        const { exitCode, shown } = await compared("ca.crt", "ca.csr", "root/root.crt");
        expect(exitCode).toBe(0);
        expect(shown).toContain(`fits        ${desk.at("ca.csr")} and ${desk.at("root/root.crt")}`);
    });

    it("does not fit another request", async () => {
        const { exitCode, error, shown } = await compared("ca.crt", "other.csr", "root/root.crt");
        expect({ exitCode, shown }).toEqual({ exitCode: 1, shown: "" });
        expect(error).toMatch(
            /^\[.*ca\.crt\] is for the key sha256 [0-9a-f]{16}; the request is for/,
        );
    });

    it("does not fit another root of the same name", async () => {
        const { exitCode, error } = await compared("ca.crt", "ca.csr", "other/root.crt");
        expect(exitCode).toBe(1);
        expect(error).toContain("but by another of that name: sign the request with this root");
    });

    it("does not fit before its day, and fits on it", async () => {
        const early = await compared("other.crt", "other.csr", "root/root.crt");
        expect(early.exitCode).toBe(1);
        expect(early.error).toContain("begins 2027-01-01T00:00:00Z; allowed 2026-11-24T09:30:00Z");
        const day = ["--as-of", "2027-01-01"];
        expect((await compared("other.crt", "other.csr", "root/root.crt", ...day)).exitCode).toBe(
            0,
        );
    });

    it("has several faults in a line each", async () => {
        const { error } = await compared("other.crt", "ca.csr", "other/root.crt");
        expect(error?.split("\n")).toHaveLength(3);
    });

    it("is no certificate where it was cut short", async () => {
        desk.write("cut.crt", read("ca.crt").slice(0, 300));
        const { exitCode, error } = await compared("cut.crt", "ca.csr", "root/root.crt");
        expect(exitCode).toBe(1);
        expect(error).toBe(
            `[${desk.at("cut.crt")}] is no whole certificate, but cut short, altered or several; allowed one in PEM: copy the ceremony's file again`,
        );
    });

    it.each([
        ["--csr", "root/root.crt", "root/root.crt", "is no whole certificate request"],
        ["--root", "ca.csr", "ca.csr", "is no whole certificate"],
    ])("needs a %s that is one", async (option, csr, root, what) => {
        const { exitCode, error } = await compared("ca.crt", csr, root);
        expect(exitCode).toBe(1);
        const file = desk.at(option === "--csr" ? csr : root);
        expect(error).toBe(`[${option}] ${file} ${what}; allowed one in PEM`);
    });

    it.each([
        [["--csr", "ca.csr"], "[--root] is missing; give it a value"],
        [
            ["--as-of", "tomorrow"],
            '[--as-of] is "tomorrow"; allowed a day YYYY-MM-DD, which begins at 00:00 UTC',
        ],
        [["another"], "[FILE] is given 2 times; allowed once"],
    ])("is refused with %j", async (options, message) => {
        const { exitCode, error } = await inspect("ca.crt", ...options);
        expect(exitCode).toBe(2);
        expect(error?.split("\n")[0]).toBe(message);
    });
});
