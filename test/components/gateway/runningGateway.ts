import {
    chmodSync,
    chownSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gatewayReload, nginxPaths, nginxUid } from "../../../components/gateway/gatewayPods";
import { renderNginxConf, type NginxConfSettings } from "../../../components/gateway/nginxConf";
import { renderReloadScript } from "../../../components/kubernetes/reloadScript";
import { inRootfs } from "../../../lab/images/inRootfs";
import { Mount } from "../../services/mount";
import type { Credential } from "./credentials";

export type Settings = Omit<NginxConfSettings, "paths">;

export interface GatewayFiles {
    readonly server: Credential;
    readonly client: Credential;
    readonly root: string;
}

/** The gateway's pod without a cluster: the real nginx and the real sidecar as uid 101, with files mounted as the kubelet does. */
export class RunningGateway {
    private readonly folder = mkdtempSync(join(tmpdir(), "gateway-"));
    private readonly mounts: Readonly<Record<string, Mount>>;
    private ended: Promise<{ readonly stdout: string }> | undefined;

    /** @param edit changes one thing in the configuration, to show what it is good for */
    constructor(settings: Settings, files: GatewayFiles, edit = (text: string) => text) {
        this.mounts = {
            "/etc/nginx-conf": new Mount({
                "nginx.conf": edit(renderNginxConf({ ...settings, paths: nginxPaths })),
                "run.sh": script,
            }),
            "/etc/certs": new Mount(secret(files.server)),
            "/etc/client-certs": new Mount(secret(files.client)),
            "/etc/trust": new Mount({ "ca.crt": files.root }),
        };
        for (const { directory } of Object.values(this.mounts)) chmodSync(directory, 0o755);
        for (const name of ["run", "tmp"]) {
            mkdirSync(join(this.folder, name));
            chownSync(join(this.folder, name), nginxUid, nginxUid);
        }
        writeFileSync(join(this.folder, "hosts"), hostsOf(settings));
    }

    /** A file of the directory that nginx and its sidecar share. */
    public run(name: string): string {
        return join(this.folder, "run", name);
    }

    /** What `nginx -t` says. */
    public test() {
        return this.enter(`nginx -e stderr -t -c /etc/nginx-conf/nginx.conf`);
    }

    /** What `nginx -T` says: the same, and then the files that it has read. */
    public dump() {
        return this.enter(`nginx -e stderr -T -c /etc/nginx-conf/nginx.conf`);
    }

    public async start(): Promise<void> {
        this.ended = this.enter(`${entry} watch & sidecar=$!; ${entry} start; kill $sidecar`);
        await this.until("nginx runs", () => this.master() !== "");
    }

    /** Stops nginx as the preStop of its pod does, with a second to finish; what both containers wrote. */
    public async stop(): Promise<string> {
        if (this.master() !== "") await this.enter(`${entry} stop`);
        const output = (await this.ended)?.stdout ?? "";
        for (const mount of Object.values(this.mounts)) mount.remove();
        rmSync(this.folder, { recursive: true, force: true });
        return output;
    }

    /** Replaces the server's certificate as a renewal does. */
    public renew(credential: Credential): void {
        this.mounts["/etc/certs"]?.write(secret(credential));
    }

    /** How many workers of earlier certificates are still there. */
    public oldWorkers(): number {
        const children = read(`/proc/${this.master()}/task/${this.master()}/children`);
        return children
            .split(" ")
            .filter((pid) =>
                read(`/proc/${pid}/cmdline`).includes("worker process is shutting down"),
            ).length;
    }

    public metrics(): string {
        return read(this.run("metrics"));
    }

    public async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
        const end = Date.now() + 20_000;
        while (!(await holds())) {
            if (Date.now() > end) throw new Error(`within 20 s it did not come true that ${what}`);
            await sleep(50);
        }
    }

    private master(): string {
        return read(this.run("nginx.pid")).trim();
    }

    /** Through a pipe, as in a container: nginx opens its own standard output, which a socket does not allow. */
    private enter(command: string) {
        const binds: Record<string, string> = {
            [nginxPaths.run]: join(this.folder, "run"),
            [nginxPaths.temporary]: join(this.folder, "tmp"),
            "/etc/hosts": join(this.folder, "hosts"),
        };
        for (const [path, { directory }] of Object.entries(this.mounts)) binds[path] = directory;
        return inRootfs(["/bin/bash", "-o", "pipefail", "-c", `{ ${command}; } 2>&1 | cat`], {
            binds,
            uid: nginxUid,
        });
    }
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
}

const entry = "/bin/sh /etc/nginx-conf/run.sh";

/** That of the pod, but for the time that its end may take. */
const script = renderReloadScript({ ...gatewayReload, drainSeconds: 0, finishSeconds: 1 });

/** Every upstream is on this machine. */
const hostsOf = ({ servers }: Settings): string =>
    ["localhost", ...servers.map(({ upstream }) => upstream.host)]
        .map((name) => `127.0.0.1 ${name}\n`)
        .join("");

const secret = ({ cert, key }: Credential) => ({ "tls.crt": cert, "tls.key": key });

function read(path: string): string {
    try {
        return readFileSync(path, "utf8");
    } catch {
        return "";
    }
}
