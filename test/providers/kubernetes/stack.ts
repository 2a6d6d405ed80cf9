import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { binaryPath, pulumiBinary } from "../../../lab/build/goBinaries";
import { labPaths, projectRoot } from "../../../lab/cache";
import { installEngine, type Engine } from "../../../lab/engine/install";

export interface Outcome {
    readonly code: number | null;
    /** What the engine printed, both streams. */
    readonly output: string;
}

/** A command at work. */
export interface RunningCommand {
    readonly child: ChildProcess;
    /** What it has printed so far. */
    readonly output: () => string;
    readonly ended: Promise<Outcome>;
}

/** A resource as the state file holds it. */
export interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly id?: string;
    readonly inputs: Record<string, unknown>;
    readonly outputs: Record<string, unknown>;
    readonly initErrors?: readonly string[];
}

/** A throw-away program and its state, run by the real engine with the lab's providers. */
export class Stack {
    private constructor(
        private readonly folder: string,
        private readonly engine: Engine,
        private readonly kubeconfig: string,
    ) {}

    public static async create(kubeconfig: string): Promise<Stack> {
        const folder = await mkdtemp(join(tmpdir(), "stack-"));
        const engine = await installEngine({ cache: join(folder, "lab"), pulumiBinary: pulumi() });
        const stack = new Stack(folder, engine, kubeconfig);
        symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
        mkdirSync(join(folder, "backend"));
        stack.#write("Pulumi.yaml", "name: provider-test\nruntime: nodejs\nmain: index.js\n");
        stack.#write("package.json", '{ "name": "provider-test", "private": true }\n');
        await stack.succeed("stack", "init", "test");
        return stack;
    }

    /** What the program is from now on: statements that know `k8s` and `pulumi`. */
    public program(body: string): void {
        this.#write(
            "index.js",
            `const pulumi = require("@pulumi/pulumi");\nconst k8s = require("@pulumi/kubernetes");\n${body}\n`,
        );
    }

    public up(...args: readonly string[]): Promise<Outcome> {
        return this.run("up", "--yes", "--skip-preview", ...args);
    }

    /** Runs a command that must end well, and gives what it printed. */
    public async succeed(...args: readonly string[]): Promise<string> {
        const { code, output } = await this.run(...args);
        if (code !== 0)
            throw new Error(`pulumi ${args.join(" ")} ended with ${String(code)}:\n${output}`);
        return output;
    }

    public run(...args: readonly string[]): Promise<Outcome> {
        return this.start(...args).ended;
    }

    /** Starts a command and does not wait for it. */
    public start(...args: readonly string[]): RunningCommand {
        const chunks: Buffer[] = [];
        const child = spawn("pulumi", ["--non-interactive", "--color", "never", ...args], {
            cwd: this.folder,
            env: { ...process.env, ...this.#environment() },
            stdio: ["ignore", "pipe", "pipe"],
        });
        child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
        child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
        const output = () => Buffer.concat(chunks).toString("utf8");
        // Listened for from the beginning: a command may end before anybody asks.
        const ended = once(child, "close").then(([code]) => ({
            code: code as number | null,
            output: output(),
        }));
        return { child, output, ended };
    }

    /** The state file's text. */
    public stateText(): string {
        const file = join(
            this.folder,
            "backend",
            ".pulumi",
            "stacks",
            "provider-test",
            "test.json",
        );
        return readFileSync(file, "utf8");
    }

    /** Resources in state, of one type. */
    public resources(type: string): readonly StateResource[] {
        const { checkpoint } = JSON.parse(this.stateText()) as {
            checkpoint: { latest: { resources?: StateResource[] } };
        };
        return (checkpoint.latest.resources ?? []).filter((resource) => resource.type === type);
    }

    public async remove(): Promise<void> {
        await rm(this.folder, { recursive: true, force: true });
    }

    #environment(): Record<string, string> {
        return {
            ...this.engine.env,
            PATH: [this.engine.bin, process.env["PATH"]].join(delimiter),
            KUBECONFIG: this.kubeconfig,
            PULUMI_BACKEND_URL: `file://${join(this.folder, "backend")}`,
            PULUMI_CONFIG_PASSPHRASE: "throw-away",
        };
    }

    #write(name: string, text: string): void {
        writeFileSync(join(this.folder, name), text);
    }
}

/** The engine: LAB_PULUMI_BINARY, or the one that the lab has built. */
function pulumi(): string {
    const binary = process.env["LAB_PULUMI_BINARY"] ?? binaryPath(pulumiBinary, labPaths());
    if (existsSync(binary)) return binary;
    throw new Error(`${binary} is not there; \`make up\` builds it, or set LAB_PULUMI_BINARY`);
}
