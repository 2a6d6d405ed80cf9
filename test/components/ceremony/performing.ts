import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCeremony } from "../../../ceremony/ceremony";
import { makeKeys, makeRequest, type Keys } from "../pki/authorities";

export const now = new Date("2026-11-24T09:30:00Z");
export const passphrase = "correct horse battery staple nine";
export const organization = "local.bluefly.io";

/** What one ceremony showed, and how it ended. */
export interface Performed {
    readonly exitCode: number;
    readonly shown: string;
    readonly error: string | undefined;
    readonly questions: readonly string[];
}

/** Runs a command; the answers are given in their order, and afterwards the terminal is at its end. */
export async function perform(
    args: readonly string[],
    answers: readonly string[] = [],
): Promise<Performed> {
    const shown: string[] = [];
    const questions: string[] = [];
    const left = [...answers];
    const answer = (question: string): Promise<string | undefined> => {
        questions.push(question);
        return Promise.resolve(left.shift());
    };
    const terminal = {
        show: (line: string) => {
            shown.push(line);
        },
        ask: answer,
        askHidden: answer,
    };
    const { exitCode, error } = await runCeremony(args, { terminal, now });
    return { exitCode, error, shown: shown.join("\n"), questions };
}

/** A folder with a passphrase in a file, gone when the file's tests are over. */
export class Desk {
    public readonly folder = mkdtempSync(join(tmpdir(), "ceremony-"));
    public readonly passphraseFile = this.write("passphrase", `${passphrase}\n`);

    public at(name: string): string {
        return join(this.folder, name);
    }

    public read(name: string): string {
        return readFileSync(this.at(name), "utf8");
    }

    public write(name: string, text: string): string {
        writeFileSync(this.at(name), text);
        return this.at(name);
    }

    /** Arguments that make a root in a folder of this desk. */
    public initArguments(name: string, changes: Readonly<Record<string, string>> = {}): string[] {
        return argumentsOf("init", {
            purpose: "workload",
            generation: "1",
            organization,
            "not-before": "2026-11-01",
            out: this.at(name),
            "passphrase-file": this.passphraseFile,
            ...changes,
        });
    }

    /** Arguments that sign a request of this desk by the root `root`, without a question. */
    public signArguments(
        csr: string,
        out: string,
        changes: Readonly<Record<string, string>> = {},
    ): string[] {
        const options = {
            root: this.at("root"),
            csr: this.at(csr),
            out: this.at(out),
            "passphrase-file": this.passphraseFile,
            ...changes,
        };
        return [...argumentsOf("sign", options), "--yes"];
    }

    public openssl(...args: string[]): string {
        return execFileSync("openssl", args, {
            cwd: this.folder,
            encoding: "utf8",
            stdio: ["ignore", "pipe", "pipe"],
        });
    }

    public remove(): void {
        rmSync(this.folder, { recursive: true, force: true });
    }
}

/** A desk with a root `root`, and the request `ca.csr` of its first intermediate. */
export class DeskWithRoot extends Desk {
    private constructor(public readonly keys: Keys) {
        super();
    }

    public static readonly subject = `O=${organization}, CN=workload-ca-g1`;

    public static async make(): Promise<DeskWithRoot> {
        const desk = new DeskWithRoot(await makeKeys("P-256"));
        desk.write("ca.csr", await makeRequest(DeskWithRoot.subject, desk.keys));
        await perform(desk.initArguments("root"));
        return desk;
    }

    /** Lines of the root's log. */
    public logLines(): string[] {
        return this.read("root/signed.jsonl").trimEnd().split("\n");
    }
}

const argumentsOf = (command: string, options: Readonly<Record<string, string>>): string[] => [
    command,
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
];
