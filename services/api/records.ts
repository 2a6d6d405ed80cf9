import { randomUUID } from "node:crypto";
import type { RecordCache } from "./recordCache";
import type { RecordTable } from "./recordTable";

/** What a caller has stored. It never changes. */
export interface StoredRecord {
    readonly id: string;
    /** Identity of the caller that stored it: nobody else is told that it exists. */
    readonly owner: string;
    readonly body: string;
}

/** The records of all callers: kept in PostgreSQL, read from Redis where they were read before. */
export class Records {
    constructor(
        private readonly table: Pick<RecordTable, "insert" | "find">,
        private readonly cache: Pick<RecordCache, "find" | "keep">,
    ) {}

    /** Stores a record and gives its id, once PostgreSQL has committed it. */
    public async create(owner: string, body: string): Promise<string> {
        const id = randomUUID();
        await this.table.insert({ id, owner, body });
        return id;
    }

    /** The record, if there is one of this owner. What another owner has is kept in the cache all the same, and told to nobody else. */
    public async find(owner: string, id: string): Promise<StoredRecord | undefined> {
        const record = (await this.cache.find(id)) ?? (await this.read(id));
        return record?.owner === owner ? record : undefined;
    }

    private async read(id: string): Promise<StoredRecord | undefined> {
        const record = await this.table.find(id);
        if (record !== undefined) this.cache.keep(record);
        return record;
    }
}

/** Whether a text is an id as `create` gives one. */
export const isRecordId = (text: string): boolean =>
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text);
