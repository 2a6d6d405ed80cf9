import {
    chmodSync,
    chownSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    realpathSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { postgresUid } from "../../../components/postgres/postgresPods";
import { postgresPaths } from "../../../components/postgres/runScript";
import { inRootfs } from "../../../lab/images/inRootfs";
import { Mount } from "../../services/mount";
import type { Credential } from "../gateway/credentials";

export interface PostgresFixture {
    /** The ConfigMap. */
    readonly files: Readonly<Record<string, string>>;
    readonly server: Credential;
    readonly root: string;
    /** By role. */
    readonly passwords: Readonly<Record<string, string>>;
}

const binaries = "/usr/lib/postgresql/17/bin";

/** The database's container without a cluster: the real PostgreSQL as uid 999, with files mounted as the kubelet does. */
export class RunningPostgres {
    private readonly folder = mkdtempSync(join(tmpdir(), "postgres-"));
    private readonly mounts: Readonly<Record<string, Mount>>;
    private ended: ReturnType<typeof inRootfs> | undefined;

    constructor({ files, server, root, passwords }: PostgresFixture) {
        this.mounts = {
            [postgresPaths.config]: new Mount(files),
            "/etc/certs": new Mount(secret(server)),
            "/etc/trust": new Mount({ "ca.crt": root }),
            [postgresPaths.passwords]: new Mount(passwords),
        };
        for (const { directory } of Object.values(this.mounts)) chmodSync(directory, 0o755);
        this.protectKey();
        chmodSync(this.folder, 0o755);
        for (const name of ["data", "run", "tmp"]) {
            mkdirSync(join(this.folder, name));
            chownSync(join(this.folder, name), postgresUid, postgresUid);
        }
    }

    /** A file of the data volume. */
    public data(name: string): string {
        return join(this.folder, "data", name);
    }

    public read(name: string): string {
        return read(this.data(name));
    }

    /** Runs the container's command until it takes connections. */
    public async start(): Promise<void> {
        const ended = this.begin();
        let output: string | undefined;
        ended.then(
            ({ stdout, stderr }) => (output = stdout + stderr),
            (error: unknown) => (output = String(error)),
        );
        const end = Date.now() + 60_000;
        while ((await this.ready()) !== 0) {
            if (output !== undefined) throw new Error(`PostgreSQL has ended: ${output}`);
            if (Date.now() > end) throw new Error("PostgreSQL was not ready within 60 s");
            await sleep(100);
        }
    }

    /** Runs the container's command, and does not wait for anything. */
    public begin(): ReturnType<typeof inRootfs> {
        this.ended = this.beginAnother();
        return this.ended;
    }

    /** Runs the container's command once more. */
    public beginAnother(): ReturnType<typeof inRootfs> {
        return this.enter(["/bin/sh", `${postgresPaths.config}/run.sh`, "start"]);
    }

    /** Exit code of the probe. */
    public async ready(): Promise<number> {
        return (await this.enter(["/bin/sh", `${postgresPaths.config}/run.sh`, "ready"])).exitCode;
    }

    /** Process of the server. */
    public server(): number {
        return Number(this.read("pgdata/postmaster.pid").split("\n")[0]);
    }

    public port(): string {
        return this.read("pgdata/postmaster.pid").split("\n")[3] ?? "";
    }

    /** Process of the container's own command, the one that a kubelet signals. */
    public shell(): number | undefined {
        const shells = readdirSync("/proc").filter(
            (name) =>
                read(`/proc/${name}/cmdline`) === commandLine &&
                read(`/proc/${name}/mountinfo`).includes(this.folder),
        );
        // It has a shell of its own under it.
        const found = shells.find((name) => !shells.includes(parentOf(name)));
        return found === undefined ? undefined : Number(found);
    }

    /** Ends the container as a kubelet does, and gives what it wrote. */
    public async end(): Promise<{ readonly exitCode: number; readonly output: string }> {
        const shell = this.shell();
        if (shell !== undefined) process.kill(shell, "SIGTERM");
        const { exitCode, stdout, stderr } = (await this.ended) ?? never();
        return { exitCode, output: stdout + stderr };
    }

    /** Ends all of it at once, as a failing node does. */
    public async kill(): Promise<void> {
        for (const pid of [this.shell(), this.server()])
            if (pid !== undefined) process.kill(pid, "SIGKILL");
        await expect(this.ended).rejects.toThrow("was ended by SIGKILL");
    }

    public remove(): void {
        for (const mount of Object.values(this.mounts)) mount.remove();
        rmSync(this.folder, { recursive: true, force: true });
    }

    /** Replaces the server's certificate as a renewal does. */
    public renew(credential: Credential): void {
        this.mounts["/etc/certs"]?.write(secret(credential));
        this.protectKey();
    }

    /** Replaces the passwords. */
    public give(passwords: Readonly<Record<string, string>>): void {
        this.mounts[postgresPaths.passwords]?.write(passwords);
    }

    /** Replaces files of the ConfigMap. */
    public configure(files: Readonly<Record<string, string>>): void {
        this.mounts[postgresPaths.config]?.write(files);
    }

    /** What the sidecar does after a renewal. */
    public reload(): void {
        process.kill(this.server(), "SIGHUP");
    }

    /** Runs SQL as the superuser, who comes in by the socket alone; the rows without decoration. */
    public async sql(text: string): Promise<string> {
        const { exitCode, stdout, stderr } = await this.psql(
            ["-h", postgresPaths.socket, "-p", this.port(), "-U", "postgres", "-d", "postgres"],
            text,
        );
        if (exitCode !== 0) throw new Error(stderr);
        return stdout.trim();
    }

    /** Runs a client program of the image. */
    public client(command: string, args: readonly string[], more: ClientOptions = {}) {
        const { env = [], files = {}, uid = postgresUid } = more;
        const folder = mkdtempSync(join(tmpdir(), "client-"));
        chmodSync(folder, 0o755);
        for (const [name, text] of Object.entries(files)) {
            writeFileSync(join(folder, name), text, { mode: 0o600 });
            chownSync(join(folder, name), uid, uid);
        }
        const binds = { ...this.binds(), "/client": folder };
        return inRootfs(["env", "HOME=/nonexistent", ...env, `${binaries}/${command}`, ...args], {
            binds,
            uid,
            ...(more.input === undefined ? {} : { input: more.input }),
        }).finally(() => {
            rmSync(folder, { recursive: true, force: true });
        });
    }

    private psql(args: readonly string[], input: string) {
        return this.client("psql", ["-XqAt", "-v", "ON_ERROR_STOP=1", ...args], { input });
    }

    private enter(command: readonly string[]) {
        const openssl = `OPENSSL_CONF=${postgresPaths.config}/openssl.cnf`;
        return inRootfs(["env", openssl, ...command], { binds: this.binds(), uid: postgresUid });
    }

    private binds(): Record<string, string> {
        const binds: Record<string, string> = {
            [postgresPaths.volume]: join(this.folder, "data"),
            [postgresPaths.socket]: join(this.folder, "run"),
            [postgresPaths.temporary]: join(this.folder, "tmp"),
        };
        for (const [path, { directory }] of Object.entries(this.mounts)) binds[path] = directory;
        return binds;
    }

    /** As a Secret with mode 0440 and the pod's group; PostgreSQL takes no key that others may read. */
    private protectKey(): void {
        const key = realpathSync(this.mounts["/etc/certs"]?.path("tls.key") ?? "");
        chmodSync(key, 0o440);
        chownSync(key, 0, postgresUid);
    }
}

export interface ClientOptions {
    /** `NAME=value` each. */
    readonly env?: readonly string[];
    /** Files in `/client`. */
    readonly files?: Readonly<Record<string, string>>;
    readonly input?: string;
    readonly uid?: number;
}

const commandLine = `/bin/sh\0${postgresPaths.config}/run.sh\0start\0`;

const parentOf = (pid: string) => /^PPid:\s+(\d+)$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? "";

function read(path: string): string {
    try {
        return readFileSync(path, "utf8");
    } catch {
        return "";
    }
}

function never(): never {
    throw new Error("it was never started");
}

const secret = ({ cert, key }: Credential) => ({ "tls.crt": cert, "tls.key": key });
