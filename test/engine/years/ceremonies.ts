import { readFileSync } from "node:fs";
import { Desk, perform } from "../../components/ceremony/performing";
import type { PkiOutputs } from "./state";

/** The offline machine: makes what the outputs of a stack ask for, and keeps what comes back for its config. */
export class Ceremonies {
    private readonly desk = new Desk();
    private readonly roots: Record<string, string> = {};
    private readonly certificates: Record<string, string> = {};
    /** What was done, in order. */
    public readonly log: string[] = [];

    /** For `pki` in config. */
    public get files() {
        return { roots: { ...this.roots }, certificates: { ...this.certificates } };
    }

    /** Does what is due: a root on its day, a signature as soon as there is a request. */
    public async hold(outputs: PkiOutputs, today: string): Promise<void> {
        for (const { day, what } of outputs.pkiSteps) {
            const [, root = ""] = /^make (\S+), put its certificate/.exec(what) ?? [];
            if (root !== "" && day <= today) await this.makeRoot(root, day);
        }
        for (const { what } of outputs.pkiSteps) {
            const asked = /^sign the request of (\S+) with (\S+), valid from (\S+), /.exec(what);
            const [, name = "", root = "", from = ""] = asked ?? [];
            if (root in this.roots && !(name in this.certificates))
                await this.sign(name, { csr: outputs.pkiRequests[name] ?? "", root, from });
        }
    }

    private async makeRoot(name: string, day: string): Promise<void> {
        const [purpose = "", generation = ""] = name.split("-root-g");
        const changes = { purpose, generation, "not-before": day };
        await this.perform(this.desk.initArguments(name, changes));
        this.roots[name] = readFileSync(this.desk.at(`${name}/root.crt`), "utf8");
        this.log.push(`made ${name}`);
    }

    private async sign(
        name: string,
        { csr, root, from }: { readonly csr: string; readonly root: string; readonly from: string },
    ): Promise<void> {
        this.desk.write(`${name}.csr`, csr);
        const changes = { root: this.desk.at(root), "not-before": from };
        await this.perform(this.desk.signArguments(`${name}.csr`, `${name}.crt`, changes));
        this.certificates[name] = readFileSync(this.desk.at(`${name}.crt`), "utf8");
        this.log.push(`signed ${name} with ${root}`);
    }

    private async perform(args: readonly string[]): Promise<void> {
        const { error } = await perform(args);
        if (error !== undefined) throw new Error(error);
    }

    public remove(): void {
        this.desk.remove();
    }
}
