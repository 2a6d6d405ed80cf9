import type { createPool } from "@encryption-in-transit/services-tls/postgres";
import { Refusal } from "./refusal";

/** What somebody ordered. */
export interface Order {
    readonly id: string;
    readonly item: string;
    /** Id of its receipt, a record at the platform's api. */
    readonly receipt: string;
}

/** In the schema of the role's own name, which is the first that it looks into. */
const createTable =
    "CREATE TABLE IF NOT EXISTS orders (id uuid PRIMARY KEY, item text NOT NULL, receipt uuid NOT NULL)";

/** The team's orders, in its own database. What that cannot do is refused with 503, of which the caller is told no more. */
export class OrderTable {
    #made: Promise<unknown> | undefined;

    constructor(private readonly pool: Pick<ReturnType<typeof createPool>, "query">) {}

    public async insert({ id, item, receipt }: Order): Promise<void> {
        const text = "INSERT INTO orders (id, item, receipt) VALUES ($1, $2, $3)";
        await this.#query(text, [id, item, receipt]);
    }

    public async find(id: string): Promise<Order | undefined> {
        const [order] = await this.#query("SELECT id, item, receipt FROM orders WHERE id = $1", [
            id,
        ]);
        return order;
    }

    async #query(text: string, values: string[]): Promise<Order[]> {
        try {
            await (this.#made ??= this.pool.query(createTable));
            return (await this.pool.query<Order>(text, values)).rows;
        } catch (error) {
            // Tried again at the next order.
            this.#made = undefined;
            throw new Refusal(503, "store_unavailable", reasonOf(error));
        }
    }
}

/** An error's text may repeat a value, so that of PostgreSQL is named by its state. */
function reasonOf(error: unknown): string {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return `postgres: ${typeof code === "string" ? code : "no connection"}`;
}
