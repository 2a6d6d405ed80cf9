import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseDocument, Scalar } from "yaml";
import { stack } from "../../target";

const root = join(__dirname, "..", "..", "..");
const file = join(root, "stacks", `Pulumi.${stack}.yaml`);
const execute = promisify(execFile);

const lab = async (...args: readonly string[]): Promise<void> => {
    await execute("tsx", ["lab/main.ts", ...args], { cwd: root, maxBuffer: 2 ** 26 });
};

/** The lab's stack on days of the test's choosing, from its first `up` on. No state goes back in time, so it is built anew for it. */
export class Environment {
    private readonly before = readFileSync(file, "utf8");

    /** @param epoch day from which generations are counted; the lab is built anew on `asOf` */
    public async begin(epoch: string, asOf: string): Promise<void> {
        await lab("down");
        this.configure({ epoch, asOf });
        await lab("up", "--until", "deploy");
    }

    /** `pulumi up` with the policy pack, as of a day. */
    public async up(asOf: string): Promise<void> {
        this.configure({ asOf });
        const judged = ["--policy-pack", "policies"];
        await execute(
            "pulumi",
            ["up", "--yes", "--skip-preview", "--stack", stack, "--non-interactive", ...judged],
            { cwd: root, maxBuffer: 2 ** 26 },
        );
    }

    /** Builds the lab again as its stack's file has it. */
    public async end(): Promise<void> {
        await lab("down");
        writeFileSync(file, this.before.replace(/^encryptionsalt: .*\n/m, ""));
        await lab("up", "--until", "deploy");
    }

    private configure(days: Readonly<Record<string, string>>): void {
        const document = parseDocument(readFileSync(file, "utf8"));
        for (const [key, day] of Object.entries(days)) {
            // Quoted, or the engine would read a day as a time.
            const quoted = new Scalar(day);
            quoted.type = Scalar.QUOTE_DOUBLE;
            document.setIn(["config", "encryption-in-transit:pki", key], quoted);
        }
        writeFileSync(file, document.toString());
    }
}
