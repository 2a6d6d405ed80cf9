import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { makeKeys, makeRequest } from "../pki/authorities";
import { Desk, passphrase } from "./performing";

const desk = new Desk();
const repository = join(__dirname, "../../..");
const tool = desk.at("tool/ceremony.js");

/** The bundle as the README makes it, alone in its folder, under a Node that finds nothing else. */
const run = (args: readonly string[], input = "") =>
    spawnSync(process.execPath, [tool, ...args], {
        cwd: desk.folder,
        env: { PATH: "" },
        encoding: "utf8",
        input,
    });

interface Screen {
    readonly status: number | null;
    /** What stood on it, with the line ends of a terminal. */
    readonly screen: string;
}

/** The same at a terminal, which `script` makes; an answer is typed once its question stands there. */
function runAtTerminal(
    args: readonly string[],
    typed: readonly (readonly [question: string, answer: string])[],
): Promise<Screen> {
    const command = [process.execPath, tool, ...args].map((word) => `'${word}'`).join(" ");
    const child = spawn("script", ["-qefc", command, "/dev/null"], { cwd: desk.folder });
    const left = [...typed];
    let screen = "";
    let answered = 0;
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        screen += chunk;
        const [question, answer] = left[0] ?? [];
        const at = question === undefined ? -1 : screen.indexOf(question, answered);
        if (at < 0) return;
        answered = screen.length;
        left.shift();
        child.stdin.write(`${answer ?? ""}\r`);
    });
    return new Promise((resolve) => {
        child.on("close", (status) => {
            resolve({ status, screen: stripVTControlCharacters(screen) });
        });
    });
}

beforeAll(async () => {
    mkdirSync(desk.at("tool"));
    const line = /^npx (esbuild ceremony\/main\.ts .+)$/m.exec(
        readFileSync(join(repository, "ceremony/README.md"), "utf8"),
    )?.[1];
    const [command = "", ...options] = (line ?? "").split(" ");
    execFileSync(
        join(repository, "node_modules/.bin", command),
        options.map((option) => option.replace(/^--outfile=.*/, `--outfile=${tool}`)),
        { cwd: repository, stdio: "pipe" },
    );
    const keys = await makeKeys("P-256");
    desk.write("ca.csr", await makeRequest("O=local.bluefly.io, CN=workload-ca-g1", keys));
});

afterAll(() => {
    desk.remove();
});

it("is one file that asks for nothing but Node", () => {
    expect(readdirSync(desk.at("tool"))).toEqual(["ceremony.js"]);
    const asked = [...readFileSync(tool, "utf8").matchAll(/require\("([^"]+)"\)/g)].map(
        ([, module = ""]) => module,
    );
    expect(asked).toContain("node:crypto");
    expect(asked.filter((module) => !builtinModules.includes(module.slice(5)))).toEqual([]);
    for (const module of ["net", "http", "https", "tls", "dgram", "dns"])
        expect(asked).not.toContain(`node:${module}`);
});

it("makes, signs and inspects", () => {
    const [made, signed, inspected] = [
        run(desk.initArguments("root")),
        run(desk.signArguments("ca.csr", "ca.crt")),
        run(["inspect", "--csr", "ca.csr", "--root", "root/root.crt", "ca.crt"]),
    ];
    expect([made.status, signed.status, inspected.status]).toEqual([0, 0, 0]);
    expect(inspected.stdout).toContain("fits        ca.csr and root/root.crt");
    expect(desk.openssl("verify", "-CAfile", "root/root.crt", "ca.crt")).toBe("ca.crt: OK\n");
});

it("says on standard error what is wrong, and ends with 1 or 2", () => {
    const refused = run(desk.signArguments("root/root.crt", "no.crt"));
    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toMatch(/^\[--csr\] .*root\.crt is no whole certificate request; /);
    const unknown = run(["sign", "--now"]);
    expect(unknown).toMatchObject({ status: 2, stdout: "" });
    expect(unknown.stderr).toMatch(/^Unknown option '--now'/);
});

it("takes a yes from a pipe, and no passphrase", () => {
    const asking = desk.signArguments("ca.csr", "piped.crt").filter((word) => word !== "--yes");
    expect(run(asking, "yes\n").status).toBe(0);
    expect(run(asking.with(asking.indexOf(desk.at("piped.crt")), desk.at("no.crt")))).toMatchObject(
        {
            status: 1,
            stderr: "Type yes to sign: nothing was signed: the answer was not yes\n",
        },
    );
    const typing = withoutPassphraseFile(desk.signArguments("ca.csr", "no.crt"));
    expect(run(typing, `${passphrase}\n`)).toMatchObject({
        status: 1,
        stderr: "[passphrase] cannot be typed here; allowed a terminal, or --passphrase-file FILE\n",
    });
});

it("does not show at the terminal what is typed as a passphrase", async () => {
    const made = await runAtTerminal(withoutPassphraseFile(desk.initArguments("typed")), [
        ["Passphrase of the root: ", passphrase],
        ["Once more: ", passphrase],
    ]);
    expect(made.status).toBe(0);
    expect(made.screen).toContain("Passphrase of the root: \r\nOnce more: \r\n");
    const options = { root: desk.at("typed") };
    const asking = desk
        .signArguments("ca.csr", "typed.crt", options)
        .filter((word) => word !== "--yes");
    const signed = await runAtTerminal(withoutPassphraseFile(asking), [
        ["Type yes to sign: ", "yes"],
        ["Passphrase of the root: ", passphrase],
    ]);
    expect(signed.status).toBe(0);
    expect(signed.screen).toContain("Type yes to sign: yes");
    for (const { screen } of [made, signed])
        for (const word of passphrase.split(" ")) expect(screen).not.toContain(word);
    expect(desk.openssl("verify", "-CAfile", "typed/root.crt", "typed.crt")).toBe(
        "typed.crt: OK\n",
    );
});

it("ends without a root, if the passphrase is interrupted", async () => {
    const { status, screen } = await runAtTerminal(
        withoutPassphraseFile(desk.initArguments("interrupted")),
        [["Passphrase of the root: ", "\u0003"]],
    );
    expect(status).toBe(1);
    expect(screen).toContain("[passphrase] cannot be typed here");
    expect(readdirSync(desk.folder)).not.toContain("interrupted");
});

const withoutPassphraseFile = (args: readonly string[]): string[] =>
    args.filter((word) => word !== "--passphrase-file" && word !== desk.passphraseFile);
