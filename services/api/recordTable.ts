import { setTimeout as sleep } from "node:timers/promises";
import { type Log, messageOf } from "@encryption-in-transit/services-tls";
import type { createPool } from "@encryption-in-transit/services-tls/postgres";
import type { StoredRecord } from "./records";
import { Refusal } from "./refusal";

/** In the schema of the role's own name, which is the first that it looks into. */
const createTable = `
    CREATE TABLE IF NOT EXISTS records (
        id uuid PRIMARY KEY,
        owner text NOT NULL,
        body text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
    )`;

const pauseMs = 1_000;

export interface RecordTableSettings {
    readonly pool: Pick<ReturnType<typeof createPool>, "query">;
    readonly log: Log;
    /** Called for each statement that PostgreSQL could not do. */
    readonly failed: () => void;
}

/** Records in PostgreSQL. What it cannot do because the database is not there is refused with 503, of which the caller is told no more. */
export class RecordTable {
    readonly #settings: RecordTableSettings;
    #closed = false;

    constructor(settings: RecordTableSettings) {
        this.#settings = settings;
    }

    /** Makes the table if it is missing, again every second until it is there. Two replicas may do so at the same time. */
    public async prepare(): Promise<void> {
        let said = "";
        while (!this.#closed) {
            try {
                await this.#settings.pool.query(createTable);
                this.#settings.log.info({ event: "records_ready" }, "table is there");
                return;
            } catch (error) {
                const reason = reasonOf(error);
                if (reason !== said)
                    this.#settings.log.warn({ event: "records_not_ready", reason }, "tried again");
                said = reason;
                await sleep(pauseMs, undefined, { ref: false });
            }
        }
    }

    /** Ends `prepare`. */
    public close(): void {
        this.#closed = true;
    }

    public async insert({ id, owner, body }: StoredRecord): Promise<void> {
        const text = "INSERT INTO records (id, owner, body) VALUES ($1, $2, $3)";
        await this.#query(text, [id, owner, body]);
    }

    public async find(id: string): Promise<StoredRecord | undefined> {
        const text = "SELECT id, owner, body FROM records WHERE id = $1";
        const [row] = await this.#query(text, [id]);
        return row;
    }

    async #query(text: string, values: string[]): Promise<StoredRecord[]> {
        try {
            return (await this.#settings.pool.query<StoredRecord>(text, values)).rows;
        } catch (error) {
            this.#settings.failed();
            if (isOurFault(error)) throw new Error(reasonOf(error), { cause: error });
            throw new Refusal(503, "store_unavailable", reasonOf(error));
        }
    }
}

/**
 * Classes of SQLSTATE that say that the database is not there, lets nobody in, is full, or has not got the table yet; without one the
 * connection failed. The others are wrong statements.
 *
 * @see https://www.postgresql.org/docs/17/errcodes-appendix.html
 */
const notThere = /^(?:08|25|28|3D|40|53|55|57|58|XX)|^42P01$/;

const isOurFault = (error: unknown): boolean => {
    const state = sqlState(error);
    return state !== undefined && !notThere.test(state);
};

function sqlState(error: unknown): string | undefined {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** An error's text may repeat a value, so that of PostgreSQL is named by its state. */
function reasonOf(error: unknown): string {
    const state = sqlState(error);
    return state === undefined ? `postgres: ${messageOf(error)}` : `postgres: SQLSTATE ${state}`;
}
