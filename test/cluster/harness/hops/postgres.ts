import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type * as net from "node:net";
import { Client, type ClientConfig, type Pool } from "pg";
import { createPool } from "../../../../services/tls/postgres";
import { ClientCertificate } from "../../../services/clientCertificate";
import { MemoryLog } from "../../../services/running";
import { offered, outcomeOf, servedFingerprint } from "../connection";
import type { Credentials } from "../credentials";
import type { Attempt, Endpoint, Hop, Outcome, Session } from "../hop";

/** Who comes, and to which database. */
export interface Login {
    readonly user: string;
    readonly password: string;
    readonly database: string;
}

export interface PostgresAttempt extends Attempt, Partial<Login> {
    /** Ask for the stream of changes instead of a database, as pg_basebackup does. */
    readonly replication?: boolean;
}

/** SSLRequest: length 8, code 80877103. The server answers `S` and TLS begins. */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

async function prelude(socket: net.Socket): Promise<void> {
    socket.write(sslRequest);
    const [answer] = (await once(socket, "data")) as [Buffer];
    if (answer.toString() !== "S") throw new Error(`SSLRequest was answered ${answer.toString()}`);
}

/** PostgreSQL. A success is a statement that is answered; in a session it is a row that is committed. */
export class PostgresHop implements Hop {
    public readonly name: string;
    /** Ids of the rows whose commit was acknowledged to a session. */
    public readonly acknowledged: string[] = [];
    private readonly mounted: ClientCertificate;

    constructor(
        private readonly endpoint: Endpoint,
        public readonly credentials: Credentials,
        private readonly login: Login,
    ) {
        this.name = endpoint.name;
        const { certificate: cert, privateKey: key } = credentials;
        this.mounted = new ClientCertificate({ cert, key }, endpoint.trust, login.password);
    }

    public attempt(attempt: PostgresAttempt): Promise<Outcome> {
        return outcomeOf(async () => {
            const client = new Client(this.clientConfig(attempt));
            client.on("error", () => undefined); // what ends the connection later than the answer
            await client.connect();
            try {
                const statement = attempt.replication
                    ? "IDENTIFY_SYSTEM"
                    : "SELECT current_user, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
                const { rows } = await client.query<Record<string, string>>(statement);
                const body = Object.values(rows[0] ?? {}).join(" ");
                return { kind: "answered", status: 200, body };
            } finally {
                await client.end();
            }
        });
    }

    public servedFingerprint(): Promise<string> {
        return servedFingerprint(this.endpoint, this.credentials, { prelude });
    }

    public open(): Session {
        const { address, host } = this.endpoint;
        const { user: role, database } = this.login;
        const pool = createPool({
            ...address,
            servername: host,
            role,
            database,
            certificate: this.mounted.certificate,
            passwordFile: this.mounted.passwordFile,
            log: new MemoryLog(),
            random: Math.random,
            max: 1,
        });
        // One connection that is kept; the pool replaces it where it broke.
        pool.options.idleTimeoutMillis = 0;
        return new PostgresSession(pool, this.acknowledged);
    }

    /** Makes the table of the sessions' rows. */
    public async prepare(): Promise<void> {
        await this.ask("CREATE TABLE IF NOT EXISTS test_rows (id uuid PRIMARY KEY)");
    }

    /** Acknowledged rows that are not there. */
    public async lost(): Promise<string[]> {
        const rows = await this.ask("SELECT id FROM test_rows");
        const kept = new Set(rows.map(({ id }) => id));
        return this.acknowledged.filter((id) => !kept.has(id));
    }

    /** Drops what the sessions wrote. */
    public async clear(): Promise<void> {
        await this.ask("DROP TABLE IF EXISTS test_rows");
    }

    public close(): void {
        this.mounted.remove();
    }

    private async ask(statement: string): Promise<Record<string, string>[]> {
        const client = new Client(this.clientConfig({ credentials: this.credentials }));
        await client.connect();
        const { rows } = await client.query<Record<string, string>>(statement);
        await client.end();
        return rows;
    }

    private clientConfig(attempt: PostgresAttempt): ClientConfig {
        const { user, password, database } = { ...this.login, ...attempt };
        return {
            ...this.endpoint.address,
            user,
            password,
            database,
            ssl: attempt.plaintext === true ? false : offered(this.endpoint, attempt),
            connectionTimeoutMillis: 10_000,
            ...(attempt.replication === true && { replication: "true" }),
        };
    }
}

class PostgresSession implements Session {
    public connections = 0;

    constructor(
        private readonly pool: Pool,
        private readonly acknowledged: string[],
    ) {
        pool.on("connect", () => {
            this.connections += 1;
        });
    }

    public async request(): Promise<void> {
        const id = randomUUID();
        await this.pool.query("INSERT INTO test_rows (id) VALUES ($1)", [id]);
        this.acknowledged.push(id);
    }

    public close(): void {
        void this.pool.end();
    }
}
