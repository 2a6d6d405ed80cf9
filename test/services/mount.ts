import {
    chownSync,
    mkdirSync,
    mkdtempSync,
    renameSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A directory as the kubelet mounts a Secret or a ConfigMap: files are links through `..data`, which an update replaces with one
 * rename before the old directory goes.
 *
 * @see https://pkg.go.dev/k8s.io/kubernetes/pkg/volume/util#AtomicWriter
 */
export class Mount {
    public readonly directory = mkdtempSync(join(tmpdir(), "mount-"));
    private generation = 0;

    /** @param group may read what is in it, and nobody else but its owner, as a pod's `fsGroup` may read a Secret of mode 0440. */
    constructor(
        files: Readonly<Record<string, string>>,
        private readonly group?: number,
    ) {
        this.write(files);
        for (const name of Object.keys(files))
            symlinkSync(join("..data", name), join(this.directory, name));
    }

    public path(name: string): string {
        return join(this.directory, name);
    }

    public write(files: Readonly<Record<string, string>>): void {
        const old = `..generation_${this.generation}`;
        const next = `..generation_${++this.generation}`;
        mkdirSync(this.path(next));
        for (const [name, text] of Object.entries(files)) {
            const file = join(this.directory, next, name);
            writeFileSync(file, text, this.group === undefined ? {} : { mode: 0o440 });
            if (this.group !== undefined) chownSync(file, 0, this.group);
        }
        symlinkSync(next, this.path("..data_tmp"));
        renameSync(this.path("..data_tmp"), this.path("..data"));
        rmSync(this.path(old), { recursive: true, force: true });
    }

    public remove(): void {
        rmSync(this.directory, { recursive: true, force: true });
    }
}
