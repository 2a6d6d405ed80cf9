import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";

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

export const pack = ["--policy-pack", join(root, "policies")];

/** A stack of its own, never deployed, whose configuration is the lab's with changes. */
export class Stack {
    private readonly folder = mkdtempSync(join(tmpdir(), "engine-test-"));
    private readonly file = join(this.folder, "config.yaml");

    constructor(private readonly name: string) {
        writeVariant();
        copyFileSync(join(root, "stacks", "Pulumi.lab.yaml"), this.file);
        this.configure({});
        const { status, text } = pulumi(["stack", "init", name, ...this.config]);
        if (status !== 0) throw new Error(text);
    }

    /** Sets configuration keys, `undefined` removes one, over what the lab's stack says. */
    public configure(values: Readonly<Record<string, unknown>>): void {
        const lab = parse(readFileSync(join(root, "stacks", "Pulumi.lab.yaml"), "utf8")) as {
            config: Record<string, unknown>;
        };
        const own = { namespace: this.name, ...values };
        for (const [key, value] of Object.entries(own))
            lab.config[`encryption-in-transit:${key}`] = value;
        const salt = (parse(readFileSync(this.file, "utf8")) as Salted).encryptionsalt;
        writeFileSync(this.file, stringify({ ...lab, ...(salt && { encryptionsalt: salt }) }));
    }

    public run(command: string, flags: readonly string[], env: NodeJS.ProcessEnv = {}): Run {
        const folder = env.CHANGE === undefined ? root : variant;
        return pulumi([command, "--stack", this.name, ...this.config, ...flags], env, folder);
    }

    /** Resources in its state: none after a refused run. */
    public resources(): readonly string[] {
        const { text } = pulumi(["stack", "export", "--stack", this.name, ...this.config]);
        const state = JSON.parse(text) as { deployment: { resources?: { urn: string }[] } };
        return (state.deployment.resources ?? []).map(({ urn }) => urn);
    }

    public remove(): void {
        pulumi(["stack", "rm", "--yes", "--force", "--preserve-config", this.name]);
        rmSync(this.folder, { recursive: true });
    }

    private get config(): readonly string[] {
        return ["--config-file", this.file];
    }
}

interface Salted {
    readonly encryptionsalt?: string;
}

/** The variant is the project itself with another entry point. */
function writeVariant(): void {
    const project = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as object;
    const own = { ...project, main: "index.ts", stackConfigDir: "." };
    writeFileSync(join(variant, "Pulumi.yaml"), stringify(own));
}
