import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { stack, stackConfig } from "../target";

export const root = join(__dirname, "..", "..");
const variant = join(__dirname, "variant");

export interface Run {
    readonly status: number;
    /** Standard output and standard error. */
    readonly text: string;
}

/** Runs the real engine, in the project or in another folder, without a terminal. */
export function pulumi(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = root): Run {
    const { status, stdout, stderr } = spawnSync("pulumi", [...args, "--non-interactive"], {
        cwd,
        env: { ...process.env, ...env },
        encoding: "utf8",
        maxBuffer: 2 ** 28,
    });
    return { status: status ?? -1, text: `${stdout}\n${stderr}` };
}

/** The pack, told which environment it judges: the tests' own stacks do not have its name. */
export const pack = [
    "--policy-pack",
    join(root, "policies"),
    "--policy-pack-config",
    join(root, "policies", "environments", `${stackConfig().environment}.json`),
];

/** Writes the configuration of the stack under test into another stack's file, with changes; `undefined` removes a key. */
export function configureStack(file: string, changes: Readonly<Record<string, unknown>>): void {
    const read = (from: string): StackFile => parse(readFileSync(from, "utf8")) as StackFile;
    const { config } = read(join(root, "stacks", `Pulumi.${stack}.yaml`));
    const own = Object.entries(changes).map(
        ([key, value]) => [`encryption-in-transit:${key}`, value] as const,
    );
    // Quoted, or the engine would read a day as a time.
    const quoted = { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" } as const;
    const all = { ...config, ...Object.fromEntries(own) };
    // How its secrets are encrypted stays as `stack init` wrote it.
    writeFileSync(file, stringify({ ...read(file), config: all }, quoted));
}

/**
 * A stack of its own, whose configuration is that of the stack under test with changes, in a project that is this one with another
 * entry point.
 */
export class Stack {
    private readonly file: string;

    constructor(private readonly name: string) {
        const project = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as object;
        writeFileSync(
            join(variant, "Pulumi.yaml"),
            stringify({ ...project, main: "index.ts", stackConfigDir: "." }),
        );
        this.file = join(variant, `Pulumi.${name}.yaml`);
        pulumi(["stack", "rm", "--yes", "--force", name], {}, variant);
        const { status, text } = pulumi(["stack", "init", name], {}, variant);
        if (status !== 0) throw new Error(text);
        this.configure({});
    }

    /** Sets configuration keys over what the stack under test says; `undefined` removes one. */
    public configure(values: Readonly<Record<string, unknown>>): void {
        const namespaces = { namespace: this.name, dataNamespace: `${this.name}-data` };
        configureStack(this.file, { ...namespaces, ...values });
    }

    /** @param change one of variant/changes.ts */
    public run(command: string, flags: readonly string[], change = "nothing"): Run {
        const env = { CHANGE: change };
        return pulumi([command, "--stack", this.name, ...flags], env, variant);
    }

    /** Resources in its state, the engine's own aside: none after a refused run. */
    public resources(): readonly string[] {
        const resources = this.export().deployment.resources ?? [];
        return resources.map(({ urn }) => urn).filter((urn) => !urn.includes("::pulumi:"));
    }

    /** Makes the state one in which an earlier `up` had these outputs, and no resources. */
    public remember(outputs: Readonly<Record<string, unknown>>): void {
        const state = this.export();
        const type = "pulumi:pulumi:Stack";
        const project = "encryption-in-transit";
        const urn = `urn:pulumi:${this.name}::${project}::${type}::${project}-${this.name}`;
        state.deployment.resources = [{ urn, type, custom: false, outputs }];
        const file = join(variant, `${this.name}.json`);
        writeFileSync(file, JSON.stringify(state));
        const run = pulumi(["stack", "import", "--stack", this.name, "--file", file], {}, variant);
        rmSync(file);
        if (run.status !== 0) throw new Error(run.text);
    }

    private export(): StateFile {
        const { text } = pulumi(["stack", "export", "--stack", this.name], {}, variant);
        return JSON.parse(text) as StateFile;
    }

    public remove(): void {
        pulumi(["stack", "rm", "--yes", "--force", this.name], {}, variant);
    }
}

interface StateFile {
    readonly deployment: { resources?: ({ readonly urn: string } & Record<string, unknown>)[] };
}

interface StackFile {
    readonly config: Readonly<Record<string, unknown>>;
}
