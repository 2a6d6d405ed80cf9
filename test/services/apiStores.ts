import { chmodSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import { postgresFiles } from "../../components/postgres/postgresPods";
import type { TlsProfile } from "../../components/tls/profile";
import type { CallsConfig } from "../../services/api/callsConfig";
import type { StoresConfig } from "../../services/api/storesConfig";
import { Authority, type Credential } from "../components/gateway/credentials";
import { freePort } from "../components/gateway/runningGateway";
import { RunningPostgres } from "../components/postgres/runningPostgres";
import { passwordOf, RunningRedis } from "../components/redis/runningRedis";
import { Mount } from "./mount";

const hosts = {
    postgres: "postgres.llm-platform-data.svc",
    redis: "redis.llm-platform-data.svc",
};

const role = "app_user";
const database = "llm_platform";

/** The real PostgreSQL and the real Redis with a user each for the api, and what a pod of it is given to use them. */
export class TwoStores {
    private constructor(
        public readonly postgres: RunningPostgres,
        public readonly redis: RunningRedis,
        public readonly calls: CallsConfig,
        private readonly config: StoresConfig,
        public readonly passwords: readonly string[],
        private readonly root: string,
        private readonly client: Credential,
        private readonly mounts: readonly Mount[],
    ) {}

    /** Not started yet. */
    public static async create(profile: TlsProfile): Promise<TwoStores> {
        const authority = await Authority.create();
        const ports = { postgres: await freePort(), redis: await freePort() };
        const passwords = { postgres: "postgres".padEnd(32, "0"), redis: passwordOf("api") };
        const server = (name: string) => authority.leaf({ names: [name], use: "server" });
        const client = await authority.leaf({
            names: ["api.llm-platform.svc"],
            use: "client",
            commonName: role,
        });
        const postgres = new RunningPostgres({
            files: postgresFiles(
                profile.name,
                { roles: [{ role, database }], replicationRoles: [] },
                ports.postgres,
            ),
            server: await server(hosts.postgres),
            root: authority.root,
            passwords: { [role]: passwords.postgres },
        });
        const redis = new RunningRedis({
            profile,
            port: ports.redis,
            maxMemoryMiB: 64,
            applications: [{ name: "api", keyPrefix: "api:" }],
            server: await server(hosts.redis),
            trust: authority.root,
        });
        const { clientFiles, config, mounts } = given(client, authority.root, passwords, ports);
        return new TwoStores(
            postgres,
            redis,
            { clientFiles, stores: config },
            config,
            Object.values(passwords),
            authority.root,
            client,
            mounts,
        );
    }

    /** How Redis is dialled with the api's certificate. */
    public dialRedis(): ConnectionOptions {
        const { host, port } = this.config.redis;
        return { host, port, servername: hosts.redis, ca: this.root, ...this.client };
    }

    public async remove(): Promise<void> {
        await this.postgres.end();
        this.postgres.remove();
        await this.redis.remove();
        for (const mount of this.mounts) mount.remove();
    }
}

type ByStore<Value> = Readonly<Record<"postgres" | "redis", Value>>;

/** Files as a kubelet mounts them. It dials loopback and verifies the name that a pod dials. */
function given(
    client: Credential,
    root: string,
    passwords: ByStore<string>,
    ports: ByStore<number>,
) {
    const certificates = new Mount({ "tls.crt": client.cert, "tls.key": client.key });
    const trust = new Mount({ "ca.crt": root });
    const secrets = {
        postgres: new Mount({ password: passwords.postgres }),
        redis: new Mount({ password: passwords.redis }),
    };
    const mounts = [certificates, trust, ...Object.values(secrets)];
    for (const { directory } of mounts) chmodSync(directory, 0o755);
    const at = (store: "postgres" | "redis") => ({
        host: "127.0.0.1",
        servername: hosts[store],
        port: ports[store],
        passwordFile: secrets[store].path("password"),
    });
    const clientFiles = {
        certificateDirectory: certificates.directory,
        trustFile: trust.path("ca.crt"),
    };
    const config: StoresConfig = {
        postgres: { ...at("postgres"), database, role },
        redis: { ...at("redis"), username: "api" },
    };
    return { clientFiles, config, mounts };
}
