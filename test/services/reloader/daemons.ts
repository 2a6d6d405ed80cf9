import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inRootfs } from "../../../lab/images/inRootfs";
import { Mount } from "../mount";
import { Pki } from "../pki";
import { pair } from "../running";

/** User of both daemons in the images. */
const uid = 999;

/** What a pod of a store mounts, and a folder that its containers share. The daemon sees it all under the same paths. */
export class Pod {
    private constructor(
        public readonly pki: Pki,
        public readonly name: string,
        public readonly certificates: Mount,
        public readonly trust: Mount,
        public readonly folder: string,
    ) {}

    public static async create(name: string): Promise<Pod> {
        const pki = await Pki.create();
        const certificates = new Mount(pair(await pki.leaf({ names: [name] })), uid);
        const trust = new Mount({ "ca.crt": pki.root.certificate });
        for (const { directory } of [certificates, trust]) chmodSync(directory, 0o755);
        const folder = mkdtempSync(join(tmpdir(), "store-"));
        chownSync(folder, uid, uid);
        return new Pod(pki, name, certificates, trust, folder);
    }

    public path(file: string): string {
        return join(this.folder, file);
    }

    public write(file: string, text: string): string {
        writeFileSync(this.path(file), text);
        return this.path(file);
    }

    public remove(): void {
        this.certificates.remove();
        this.trust.remove();
        rmSync(this.folder, { recursive: true, force: true });
    }
}

/** A daemon in the images' root file system, as the user of the pod, started and ended as often as a test needs it. */
export class RunningDaemon {
    private ended: Promise<{ readonly stdout: string }> | undefined;

    /**
     * @param command shell that becomes the daemon
     * @param pidFile its first line names the daemon
     * @param quit signal that ends the daemon at once and cleanly
     * @param binds further paths of this machine by the path under which the daemon sees them
     */
    constructor(
        private readonly pod: Pod,
        private readonly command: string,
        private readonly pidFile: string,
        private readonly quit: NodeJS.Signals,
        private readonly binds: Readonly<Record<string, string>> = {},
    ) {}

    public start(): void {
        const { certificates, trust, folder } = this.pod;
        const shared = [certificates.directory, trust.directory, folder];
        const log = this.pod.path("log");
        this.ended = inRootfs(["/bin/sh", "-c", `{ ${this.command}; } >>${log} 2>&1`], {
            binds: { ...Object.fromEntries(shared.map((path) => [path, path])), ...this.binds },
            uid,
        });
    }

    public async stop(): Promise<void> {
        if (this.ended === undefined) return;
        const pid = Number(read(this.pidFile).split("\n")[0]);
        if (pid > 0) process.kill(pid, this.quit);
        await this.ended;
        this.ended = undefined;
    }

    /** Everything that it wrote so far. */
    public get log(): string {
        return read(this.pod.path("log"));
    }
}

export async function until(
    what: string,
    holds: () => boolean | Promise<boolean>,
    seconds = 20,
): Promise<void> {
    const end = Date.now() + seconds * 1000;
    while (!(await holds())) {
        if (Date.now() > end)
            throw new Error(`within ${seconds} s it did not come true that ${what}`);
        await sleep(50);
    }
}

export async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
}

function read(path: string): string {
    try {
        return readFileSync(path, "utf8");
    } catch {
        return "";
    }
}
