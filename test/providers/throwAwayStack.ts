import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
    existsSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "..", "..");

export interface Outcome {
    readonly code: number | null;
    /** Both streams, without colours. */
    readonly output: string;
}

/** A program in a temporary folder, run by the real engine on a state of its own, under a passphrase that nobody knows. */
export class ThrowAwayStack {
    public readonly folder = mkdtempSync(join(tmpdir(), "throw-away-"));
    readonly #passphrase = randomBytes(16).toString("hex");

    constructor(files: Readonly<Record<string, string>> = {}) {
        mkdirSync(join(this.folder, "state"));
        symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
        this.write("Pulumi.yaml", "name: throw-away\nruntime: nodejs\n");
        this.write(
            "package.json",
            '{ "name": "throw-away", "version": "0.0.1", "main": "index.js" }\n',
        );
        for (const [name, text] of Object.entries(files)) this.write(name, text);
    }

    public write(name: string, text: string): void {
        writeFileSync(join(this.folder, name), text);
    }

    /** The body of an async program that knows `pulumi`, `tls` and `random`; what it returns are the outputs. */
    public program(body: string): void {
        const imports = ["pulumi", "tls", "random"]
            .map((name) => `const ${name} = require("@pulumi/${name}");\n`)
            .join("");
        this.write("index.js", `${imports}module.exports = async () => {\n${body}\n};\n`);
    }

    public async init(): Promise<void> {
        await this.pulumi("stack", "init", "test");
    }

    /** Runs a command that ends well, and gives what it printed. */
    public async pulumi(...args: string[]): Promise<string> {
        const { code, output } = await this.attempt(...args);
        if (code !== 0)
            throw new Error(`pulumi ${args.join(" ")} ended with ${String(code)}:\n${output}`);
        return output;
    }

    public async attempt(...args: string[]): Promise<Outcome> {
        const { child, output } = this.start(args);
        const [code] = (await once(child, "close")) as [number | null];
        return { code, output: output() };
    }

    /** Starts a command and does not wait for it. */
    public start(
        args: readonly string[],
        env: Readonly<Record<string, string>> = {},
    ): { child: ChildProcess; output: () => string } {
        const chunks: Buffer[] = [];
        const child = spawn("pulumi", ["--non-interactive", "--color", "never", ...args], {
            cwd: this.folder,
            env: {
                ...process.env,
                PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
                PULUMI_CONFIG_PASSPHRASE: this.#passphrase,
                PULUMI_CONFIG_PASSPHRASE_FILE: "",
                ...env,
            },
            stdio: ["ignore", "pipe", "pipe"],
        });
        child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
        child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
        return { child, output: () => Buffer.concat(chunks).toString("utf8") };
    }

    /** The state file as it lies on disk. */
    public state(): string {
        const file = join(this.folder, "state", ".pulumi", "stacks", "throw-away", "test.json");
        return existsSync(file) ? readFileSync(file, "utf8") : "";
    }

    /** Outputs with their secrets revealed. */
    public async outputs<T>(): Promise<T> {
        return JSON.parse(await this.pulumi("stack", "output", "--json", "--show-secrets")) as T;
    }

    public remove(): void {
        rmSync(this.folder, { recursive: true, force: true });
    }
}
