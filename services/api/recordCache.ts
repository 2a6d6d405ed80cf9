import { type Log, messageOf } from "@encryption-in-transit/services-tls";
import type { createRedis } from "@encryption-in-transit/services-tls/redis";
import type { StoredRecord } from "./records";

/** Seconds that a record is kept after it was read. */
const lifetimeSeconds = 60;

export interface RecordCacheSettings {
    readonly redis: Pick<ReturnType<typeof createRedis>, "get" | "set" | "status">;
    readonly log: Log;
    /** Called for each question that Redis could not answer. */
    readonly failed: () => void;
}

/** Records in Redis, each for a while. It never fails: what it cannot do is as if it had never been kept. */
export class RecordCache {
    readonly #settings: RecordCacheSettings;

    constructor(settings: RecordCacheSettings) {
        this.#settings = settings;
    }

    public async find(id: string): Promise<StoredRecord | undefined> {
        const text = await this.#try((redis) => redis.get(keyOf(id)));
        return typeof text === "string" ? parsed(id, text) : undefined;
    }

    /** Nobody waits for it. */
    public keep({ id, owner, body }: StoredRecord): void {
        const text = JSON.stringify({ owner, body });
        void this.#try((redis) => redis.set(keyOf(id), text, "EX", lifetimeSeconds));
    }

    /** Asks nothing of a Redis that is not connected: a request should not wait for what it can do without. */
    async #try<Value>(act: (redis: RecordCacheSettings["redis"]) => Promise<Value>) {
        const { redis, log, failed } = this.#settings;
        if (redis.status !== "ready") return undefined;
        try {
            return await act(redis);
        } catch (error) {
            failed();
            log.warn({ event: "cache_failed", reason: messageOf(error) }, "read without the cache");
            return undefined;
        }
    }
}

const keyOf = (id: string): string => `api:record:${id}`;

/** Another version of the api may have written something else. */
function parsed(id: string, text: string): StoredRecord | undefined {
    try {
        const { owner, body } = JSON.parse(text) as Partial<StoredRecord>;
        return typeof owner === "string" && typeof body === "string"
            ? { id, owner, body }
            : undefined;
    } catch {
        return undefined;
    }
}
