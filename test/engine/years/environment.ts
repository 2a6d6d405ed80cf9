import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { configureStack } from "../pulumi";
import { chooseProgram, makeProject, Program } from "./project";

/** How a command ended. */
export interface Ended {
    readonly status: number;
    readonly stdout: string;
    /** Both streams. */
    readonly text: string;
}

/** How an environment's secrets are kept, as `pulumi stack init --secrets-provider` has it, and what the engine wants for it. */
export interface SecretsProvider {
    readonly name: string;
    readonly env: Readonly<Record<string, string>>;
}

/** A passphrase that nobody knows. */
const passphrase = (): SecretsProvider => ({
    name: "passphrase",
    env: {
        PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
        PULUMI_CONFIG_PASSPHRASE_FILE: "",
    },
});

/**
 * A stack with a state and a namespace of its own, whose configuration is that of the stack under test with changes. It does not block
 * while the engine runs, so that two can go on at once.
 */
export class Environment {
    private program: Program | undefined;
    /** What the processes of a run are told beside it, asked for at each. */
    public more: () => Readonly<Record<string, string>> = () => ({});

    private constructor(
        public readonly name: string,
        private readonly folder: string,
        private readonly secrets: SecretsProvider,
    ) {}

    public static async make(name: string, secrets = passphrase()): Promise<Environment> {
        const environment = new Environment(name, await makeProject(), secrets);
        environment.choose(Program.AuthoritiesOnly);
        await kubectl("delete", "namespace", name, "--ignore-not-found");
        await kubectl("create", "namespace", name);
        await environment.succeed("stack", "init", name, "--secrets-provider", secrets.name);
        environment.configure({});
        return environment;
    }

    /** Sets configuration keys over what the stack under test says; what was set before is forgotten. */
    public configure(values: Readonly<Record<string, unknown>>): void {
        configureStack(join(this.folder, `Pulumi.${this.name}.yaml`), {
            namespace: this.name,
            dataNamespace: `${this.name}-data`,
            certManagerNamespace: this.name,
            ...values,
        });
    }

    public choose(program: Program): void {
        if (this.program !== program) chooseProgram(this.folder, program);
        this.program = program;
    }

    /** Runs the engine on this stack. */
    public run(...args: string[]): Promise<Ended> {
        const env = {
            ...process.env,
            ...this.secrets.env,
            PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
            NODE_OPTIONS: `--require ${join(this.folder, "preload.js")}`,
            NODE_COMPILE_CACHE: join(this.folder, "cache"),
            ...this.more(),
        };
        const flags = ["--non-interactive", "--color", "never"];
        return runFile("pulumi", [...args, ...flags], { cwd: this.folder, env });
    }

    /** The same, of what must end well. */
    public async succeed(...args: string[]): Promise<string> {
        const { status, stdout, text } = await this.run(...args);
        if (status !== 0)
            throw new Error(`pulumi ${args.join(" ")} ended with ${status}:\n${text}`);
        return stdout;
    }

    public up = (): Promise<Ended> => this.run("up", "--yes", "--skip-preview");

    /** The state as it lies in the backend, its secrets in plain. */
    public async state(): Promise<string> {
        return this.succeed("stack", "export", "--show-secrets");
    }

    /** Secrets and ConfigMaps of its namespace. */
    public async objects(): Promise<readonly ClusterObject[]> {
        const text = await kubectl("get", "secrets,configmaps", "-n", this.name, "-o", "json");
        return (JSON.parse(text) as { readonly items: readonly ClusterObject[] }).items;
    }

    /** Takes away what it made; the state is not asked, since a protected root would stay. */
    public async remove(): Promise<void> {
        await kubectl("delete", "namespace", this.name, "--ignore-not-found", "--wait=false");
        rmSync(this.folder, { recursive: true, force: true });
    }
}

export interface ClusterObject {
    readonly kind: string;
    readonly type?: string;
    readonly metadata: { readonly name: string; readonly uid: string };
    readonly data?: Readonly<Record<string, string>>;
}

async function kubectl(...args: string[]): Promise<string> {
    const { status, stdout, text } = await runFile("kubectl", args, {});
    if (status !== 0) throw new Error(`kubectl ${args.join(" ")} ended with ${status}:\n${text}`);
    return stdout;
}

const runFile = (
    file: string,
    args: readonly string[],
    options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Ended> =>
    new Promise((resolve) => {
        const all = { ...options, encoding: "utf8", maxBuffer: 2 ** 28 } as const;
        execFile(file, args, all, (error, stdout, stderr) => {
            const status = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
            resolve({ status, stdout, text: `${stdout}\n${stderr}` });
        });
    });
