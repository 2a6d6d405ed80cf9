import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { pulumi, root, type Run } from "./pulumi";

/** A project of one file in a folder of its own, with one stack, `test`. */
export class SmallProject {
    private readonly folder = mkdtempSync(join(tmpdir(), "small-project-"));

    /** @param program what index.js says */
    constructor(
        private readonly name: string,
        private readonly passphrase: string,
        program: string,
    ) {
        symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
        const project = { name, runtime: "nodejs", main: "index.js" };
        writeFileSync(join(this.folder, "Pulumi.yaml"), stringify(project));
        writeFileSync(join(this.folder, "package.json"), JSON.stringify({ name }));
        writeFileSync(join(this.folder, "index.js"), program);
        this.must(["stack", "init", "test"]);
    }

    /** What others refer to. */
    public get stack(): string {
        return `organization/${this.name}/test`;
    }

    public run(args: readonly string[]): Run {
        return pulumi(args, { PULUMI_CONFIG_PASSPHRASE: this.passphrase }, this.folder);
    }

    /** @throws what the engine says, if it fails */
    public must(args: readonly string[]): void {
        const { status, text } = this.run(args);
        if (status !== 0) throw new Error(text);
    }

    public remove(): void {
        rmSync(this.folder, { recursive: true });
    }
}
