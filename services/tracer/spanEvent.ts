/** What a client streams: that something happened in a span, and when. Further members are the client's own. */
export interface SpanEvent {
    /** 1 to 256 characters. */
    readonly name: string;
    /** ISO 8601 in UTC, for example `2026-11-24T08:00:00.000Z`. */
    readonly at: string;
}

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;

/** Reads one event; undefined where the text is none. */
export function readSpanEvent(text: string): SpanEvent | undefined {
    let value: unknown;
    try {
        value = JSON.parse(text);
    } catch {
        return undefined;
    }
    if (typeof value !== "object" || value === null) return undefined;
    if (!("name" in value) || !("at" in value)) return undefined;
    const { name, at } = value;
    if (typeof name !== "string" || name.length === 0 || name.length > 256) return undefined;
    if (typeof at !== "string" || !instant.test(at) || Number.isNaN(Date.parse(at)))
        return undefined;
    return { name, at };
}
