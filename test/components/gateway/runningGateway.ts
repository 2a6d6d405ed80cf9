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
import { gatewayScript, nginxPaths, nginxUid } from "../../../components/gateway/gatewayPods";
import { renderNginxConf, type NginxConfSettings } from "../../../components/gateway/nginxConf";
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

    constructor(settings: Settings, files: GatewayFiles) {
        this.mounts = {
            "/etc/nginx-conf": new Mount({
                "nginx.conf": renderNginxConf({ ...settings, paths: nginxPaths }),
                "run.sh": gatewayScript,
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
        writeFileSync(join(this.folder, "hosts"), hosts);
    }

    /** A file of the directory that nginx and its sidecar share. */
    public run(name: string): string {
        return join(this.folder, "run", name);
    }

    /** What `nginx -t` says. */
    public test() {
        return this.enter(`nginx -e stderr -t -c /etc/nginx-conf/nginx.conf`);
    }

    public async start(): Promise<void> {
        const script = "/bin/sh /etc/nginx-conf/run.sh";
        this.ended = this.enter(`${script} watch & sidecar=$!; ${script} start; kill $sidecar`);
        await this.until("nginx runs", () => read(this.run("nginx.pid")) !== "");
    }

    /** Lets nginx finish; what both containers wrote. */
    public async stop(): Promise<string> {
        const pid = Number(read(this.run("nginx.pid")));
        if (pid > 0) process.kill(pid, "SIGQUIT");
        const output = (await this.ended)?.stdout ?? "";
        for (const mount of Object.values(this.mounts)) mount.remove();
        rmSync(this.folder, { recursive: true, force: true });
        return output;
    }

    /** Replaces the server's certificate as a renewal does. */
    public renew(credential: Credential): void {
        this.mounts["/etc/certs"]?.write(secret(credential));
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

const hosts = "127.0.0.1 localhost api.llm-platform.svc other.llm-platform.svc\n";

const secret = ({ cert, key }: Credential) => ({ "tls.crt": cert, "tls.key": key });

function read(path: string): string {
    try {
        return readFileSync(path, "utf8");
    } catch {
        return "";
    }
}
