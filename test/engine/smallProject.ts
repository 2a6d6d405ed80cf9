import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { pulumi, root, type Run } from "./pulumi";

/** A project with one stack, `test`, in a folder of its own. */
export class SmallProject {
    private constructor(
        private readonly folder: string,
        private readonly env: NodeJS.ProcessEnv,
    ) {
        symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
        writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "small-project" }));
        // What a run that was killed left behind.
        if (this.run(["stack", "select", "test"]).status === 0) {
            this.run(["cancel", "--yes"]);
            this.must(["destroy", "--yes", "--skip-preview"]);
            this.must(["stack", "rm", "--yes", "test"]);
        }
        this.must(["stack", "init", "test"]);
    }

    /** One of which `program` is all. */
    public static of(name: string, passphrase: string, program: string): SmallProject {
        const folder = mkdtempSync(join(tmpdir(), "small-project-"));
        const project = { name, runtime: "nodejs", main: "index.js" };
        writeFileSync(join(folder, "Pulumi.yaml"), stringify(project));
        writeFileSync(join(folder, "index.js"), program);
        return new SmallProject(folder, { PULUMI_CONFIG_PASSPHRASE: passphrase });
    }

    /** The project in another folder, by links, with a stack beside those that it has. */
    public static linked(original: string, env: NodeJS.ProcessEnv = {}): SmallProject {
        const folder = mkdtempSync(join(tmpdir(), "small-project-"));
        const files = readdirSync(original).filter((file) => /^Pulumi\.yaml$|\.ts$/.test(file));
        for (const file of files) symlinkSync(join(original, file), join(folder, file));
        return new SmallProject(folder, env);
    }

    public run(args: readonly string[]): Run {
        return pulumi(args, this.env, this.folder);
    }

    /** @throws what the engine says, if it fails */
    public must(args: readonly string[]): void {
        const { status, text } = this.run(args);
        if (status !== 0) throw new Error(text);
    }

    /** Forgets the stack, in which nothing may be deployed any more, and removes the folder. */
    public remove(): void {
        this.must(["stack", "rm", "--yes", "test"]);
        rmSync(this.folder, { recursive: true });
    }
}
