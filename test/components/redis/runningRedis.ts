import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { podPaths } from "../../../components/kubernetes/mounts";
import { renderRedisConf } from "../../../components/redis/redisConf";
import {
    probeScript,
    redisContainer,
    redisMounts,
    redisUid,
} from "../../../components/redis/redisPods";
import { renderUsersConf, type RedisApplication } from "../../../components/redis/redisUsers";
import { opensslConfKey, renderOpensslConf } from "../../../components/tls/opensslConf";
import type { TlsProfile } from "../../../components/tls/profile";
import { inRootfs } from "../../../lab/images/inRootfs";
import { Mount } from "../../services/mount";
import type { Credential } from "../gateway/credentials";
import { ask } from "./ask";

export interface RedisSettings {
    readonly profile: TlsProfile;
    readonly port: number;
    readonly maxMemoryMiB: number;
    readonly applications: readonly RedisApplication[];
    readonly server: Credential;
    /** Shown to a master where this Redis is made a replica. */
    readonly client?: Credential;
    /** Roots of clients, PEM. */
    readonly trust: string;
}

export const passwordOf = (user: string): string => user.padEnd(43, "0").replace(/-/g, "0");

/** Redis' pod without a cluster: its container's own command as uid 999, with files mounted as the kubelet does. */
export class RunningRedis {
    private readonly folder = mkdtempSync(join(tmpdir(), "redis-"));
    private readonly mounts: Readonly<Record<string, Mount>>;
    private ended: Promise<{ readonly stdout: string }> | undefined;

    constructor(settings: RedisSettings) {
        this.mounts = {
            "/etc/redis-conf": new Mount({
                "redis.conf": renderRedisConf(settings),
                [opensslConfKey]: renderOpensslConf(settings.profile),
                "probe.sh": probeScript,
            }),
            "/etc/redis-users": new Mount({
                "users.conf": renderUsersConf(settings.applications, passwordOf),
            }),
            "/etc/redis-probe": new Mount({ password: passwordOf("probe") }),
            "/etc/certs": new Mount(secret(settings.server)),
            "/etc/client-certs": new Mount(secret(settings.client ?? settings.server)),
            "/etc/trust": new Mount({ "ca.crt": settings.trust }),
        };
        for (const { directory } of Object.values(this.mounts)) chmodSync(directory, 0o755);
        for (const name of ["run", "data"]) {
            mkdirSync(join(this.folder, name));
            chownSync(join(this.folder, name), redisUid, redisUid);
        }
        chmodSync(this.folder, 0o755);
    }

    public get socket(): string {
        return join(this.folder, "run/redis.sock");
    }

    /** Resolves when the socket answers, even if only that data is read. */
    public async start(...more: readonly string[]): Promise<void> {
        let output: string | undefined;
        this.ended = this.enter(containerCommand(more)).then((result) => {
            output = result.stdout;
            return result;
        });
        await this.until("Redis answers", async () => {
            if (output !== undefined) throw new Error(`Redis has ended:\n${output}`);
            return (await ask({ path: this.socket }, ["PING"]).catch(() => [])).length > 0;
        });
    }

    /** Ends it as a pod's deletion does, or at once; what it wrote. */
    public async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<string> {
        if (this.ended === undefined) return "";
        const { ended } = this;
        this.ended = undefined;
        process.kill(Number(readFileSync(join(this.folder, "run/redis.pid"), "utf8")), signal);
        return (await ended).stdout;
    }

    /** At once: a Redis that writes its first log does not end for a TERM. */
    public async remove(): Promise<void> {
        await this.stop("SIGKILL");
        for (const mount of Object.values(this.mounts)) mount.remove();
        rmSync(this.folder, { recursive: true, force: true });
    }

    /** Replaces the certificate as a renewal does. */
    public renew(credential: Credential): void {
        this.mounts["/etc/certs"]?.write(secret(credential));
    }

    /** Replaces the trust bundle as a step of the root does. */
    public trust(roots: string): void {
        this.mounts["/etc/trust"]?.write({ "ca.crt": roots });
    }

    /** Exit code of the kubelet's question. */
    public async probe(mode: "ready" | "live"): Promise<number> {
        const { exec } = container[mode === "ready" ? "readinessProbe" : "livenessProbe"];
        return (await this.enter(exec.command.join(" "))).exitCode;
    }

    public async until(what: string, holds: () => Promise<boolean>): Promise<void> {
        const end = Date.now() + 20_000;
        while (!(await holds())) {
            if (Date.now() > end) throw new Error(`within 20 s it did not come true that ${what}`);
            await sleep(50);
        }
    }

    /** Under a shell that outlives it, so that a command which is killed has an exit code like any other. */
    private enter(command: string) {
        const binds: Record<string, string> = {
            "/run/redis": join(this.folder, "run"),
            "/data": join(this.folder, "data"),
        };
        for (const [path, { directory }] of Object.entries(this.mounts)) binds[path] = directory;
        return inRootfs(["/bin/sh", "-c", `${command} 2>&1; exit $?`], { binds, uid: redisUid });
    }
}

const container = redisContainer({
    image: "",
    maxMemoryMiB: 64,
    mounts: redisMounts({
        config: "",
        server: "",
        trustBundle: "",
        users: "",
        probe: "",
        reload: "",
    }),
}) as {
    readonly command: string[];
    readonly env: { readonly name: string; readonly value: string }[];
    readonly readinessProbe: { readonly exec: { readonly command: string[] } };
    readonly livenessProbe: { readonly exec: { readonly command: string[] } };
};

/** The test has to know the process that it ends; a container's is known to its runtime. */
const containerCommand = (more: readonly string[]): string =>
    [
        "env",
        ...container.env.map(({ name, value }) => `${name}=${value}`),
        ...container.command,
        "--pidfile /run/redis/redis.pid",
        ...more,
    ].join(" ");

const secret = ({ cert, key }: Credential) => ({ "tls.crt": cert, "tls.key": key });

/** What the sidecar sends when a pair or a bundle is new: the same paths, which makes Redis read them again. */
export const reloadCommand = [
    "CONFIG SET",
    `tls-cert-file ${podPaths.certificate}`,
    `tls-key-file ${podPaths.privateKey}`,
    `tls-ca-cert-file ${podPaths.trustBundle}`,
].join(" ");
