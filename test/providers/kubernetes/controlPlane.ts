import { execFile, spawn, type ChildProcess } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { binaryPath, kubeBinary } from "../../../lab/build/goBinaries";
import { labPaths } from "../../../lab/cache";

const run = promisify(execFile);

type Json = Record<string, unknown>;

/**
 * A real etcd, API server and controller manager on free ports of 127.0.0.1, without a node: pods are accepted and never run, so a
 * test that needs a running one writes its status, as a kubelet would.
 */
export class ControlPlane {
    readonly #token = randomBytes(16).toString("hex");
    readonly #daemons = new Map<string, ChildProcess>();

    private constructor(
        private readonly folder: string,
        private readonly ports: {
            readonly etcd: number;
            readonly peers: number;
            readonly api: number;
        },
    ) {}

    /** Starts the daemons, and returns when the first namespace is there. */
    public static async start(): Promise<ControlPlane> {
        const folder = await mkdtemp(join(tmpdir(), "control-plane-"));
        const [etcd, peers, api] = await freePorts();
        const plane = new ControlPlane(folder, { etcd, peers, api });
        try {
            plane.#writeCredentials();
            plane.#startEtcd();
            await plane.startApiServer();
            plane.#startControllerManager();
            await plane.#until("the default service account", ["get", "serviceaccount", "default"]);
        } catch (error) {
            await plane.stop();
            throw error;
        }
        return plane;
    }

    public get kubeconfig(): string {
        return join(this.folder, "kubeconfig");
    }

    public get server(): string {
        return `https://127.0.0.1:${this.ports.api}`;
    }

    /** Starts the API server (again), and returns when it says that it is ready. */
    public async startApiServer(): Promise<void> {
        this.#start("kube-apiserver", {
            "etcd-servers": `http://127.0.0.1:${this.ports.etcd}`,
            "secure-port": this.ports.api,
            "bind-address": "127.0.0.1",
            "advertise-address": "127.0.0.1",
            "cert-dir": join(this.folder, "api"),
            "service-cluster-ip-range": "10.96.0.0/16",
            "authorization-mode": "RBAC",
            "token-auth-file": join(this.folder, "tokens.csv"),
            "service-account-issuer": "https://kubernetes.default.svc",
            "service-account-key-file": join(this.folder, "sa.pub"),
            "service-account-signing-key-file": join(this.folder, "sa.key"),
            // A test restarts it: nobody is to wait for requests that hang on a dead one.
            "shutdown-delay-duration": "0s",
        });
        await this.#until("the API server", ["get", "--raw", "/readyz"]);
    }

    /** SIGKILL, as if the machine had died. */
    public async killApiServer(): Promise<void> {
        await this.#kill("kube-apiserver");
    }

    public async stop(): Promise<void> {
        await Promise.all([...this.#daemons.keys()].map((name) => this.#kill(name)));
        await rm(this.folder, { recursive: true, force: true });
    }

    /** kubectl, as an administrator: a second client, which shares no code with the provider. */
    public async kubectl(...args: readonly string[]): Promise<string> {
        const all = ["kubectl", "--kubeconfig", this.kubeconfig, ...args];
        const { stdout } = await run(kube(), all, { maxBuffer: 64 * 1024 * 1024 });
        return stdout;
    }

    /** An object as it is; undefined where it is not. */
    public async get(...args: readonly string[]): Promise<Json | undefined> {
        const text = await this.kubectl(
            "get",
            ...args,
            "--ignore-not-found",
            "-o",
            "json",
            "--show-managed-fields",
        );
        return text === "" ? undefined : (JSON.parse(text) as Json);
    }

    /** Makes an object, or changes it, as somebody else would. */
    public async apply(object: Json): Promise<void> {
        const file = join(this.folder, `${randomBytes(8).toString("hex")}.json`);
        writeFileSync(file, JSON.stringify(object));
        await this.kubectl("apply", "--server-side", "--force-conflicts", "-f", file);
    }

    async #until(what: string, args: readonly string[]): Promise<void> {
        const deadline = Date.now() + 60_000;
        while (Date.now() < deadline) {
            const answer = await this.kubectl(...args).catch(() => undefined);
            if (answer !== undefined) return;
            await sleep(300);
        }
        throw new Error(`${what} was not there after 60 s:\n${this.#lastWords()}`);
    }

    #startEtcd(): void {
        this.#start("etcd", {
            "data-dir": join(this.folder, "etcd"),
            "unsafe-no-fsync": "true",
            "listen-client-urls": `http://127.0.0.1:${this.ports.etcd}`,
            "advertise-client-urls": `http://127.0.0.1:${this.ports.etcd}`,
            "listen-peer-urls": `http://127.0.0.1:${this.ports.peers}`,
            "log-level": "warn",
        });
    }

    #startControllerManager(): void {
        this.#start("kube-controller-manager", {
            kubeconfig: this.kubeconfig,
            "kube-api-qps": 200,
            "kube-api-burst": 400,
            "leader-elect": "false",
            "secure-port": 0,
            "service-account-private-key-file": join(this.folder, "sa.key"),
        });
    }

    #start(name: string, flags: Readonly<Record<string, string | number>>): void {
        const log = openSync(join(this.folder, `${name}.log`), "a");
        const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
        this.#daemons.set(name, spawn(kube(), [name, ...args], { stdio: ["ignore", log, log] }));
        closeSync(log);
    }

    async #kill(name: string): Promise<void> {
        const daemon = this.#daemons.get(name);
        this.#daemons.delete(name);
        if (!daemon || daemon.exitCode !== null) return;
        const gone = once(daemon, "exit");
        daemon.kill("SIGKILL");
        await gone;
    }

    #lastWords(): string {
        return ["etcd", "kube-apiserver", "kube-controller-manager"]
            .map((name) => join(this.folder, `${name}.log`))
            .filter((file) => existsSync(file))
            .map((file) => `${file}:\n${readFileSync(file, "utf8").slice(-1500)}`)
            .join("\n");
    }

    #writeCredentials(): void {
        const keys = generateKeyPairSync("rsa", {
            modulusLength: 2048,
            publicKeyEncoding: { type: "spki", format: "pem" },
            privateKeyEncoding: { type: "pkcs8", format: "pem" },
        });
        const write = (name: string, text: string) => {
            writeFileSync(join(this.folder, name), text, { mode: 0o600 });
        };
        write("sa.pub", keys.publicKey);
        write("sa.key", keys.privateKey);
        write("tokens.csv", `${this.#token},admin,admin,"system:masters"\n`);
        write("kubeconfig", stringify(this.#kubeconfigContent()));
    }

    #kubeconfigContent(): Json {
        // The server writes a certificate of its own at its first start, the issuer behind it.
        const authority = join(this.folder, "api", "apiserver.crt");
        return {
            apiVersion: "v1",
            kind: "Config",
            clusters: [
                {
                    name: "lab",
                    cluster: { server: this.server, "certificate-authority": authority },
                },
            ],
            users: [{ name: "lab", user: { token: this.#token } }],
            contexts: [{ name: "lab", context: { cluster: "lab", user: "lab" } }],
            "current-context": "lab",
        };
    }
}

/** The multi-call binary: LAB_KUBE_BINARY, or the one that the lab has built. */
function kube(): string {
    const binary = process.env["LAB_KUBE_BINARY"] ?? binaryPath(kubeBinary, labPaths());
    if (existsSync(binary)) return binary;
    throw new Error(`${binary} is not there; \`make up\` builds it, or set LAB_KUBE_BINARY`);
}

/** Three ports that nobody listens on, all taken at once so that they differ. */
async function freePorts(): Promise<[number, number, number]> {
    const servers = [createServer(), createServer(), createServer()] as const;
    const ports = await Promise.all(
        servers.map(async (server) => {
            server.listen(0, "127.0.0.1");
            await once(server, "listening");
            return (server.address() as AddressInfo).port;
        }),
    );
    for (const server of servers) server.close();
    return ports as [number, number, number];
}
