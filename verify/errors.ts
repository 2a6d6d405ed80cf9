/** The first line of an error's message, whatever was thrown. */
export function messageOf(error: unknown): string {
    const text = isObject(error) && "message" in error ? String(error.message) : String(error);
    return text.split("\n", 1)[0] ?? "";
}

/** An error's code as text, for example "ECONNRESET"; empty if it has none. */
export function codeOf(error: unknown): string {
    return isObject(error) && "code" in error ? String(error.code) : "";
}

function isObject(value: unknown): value is object {
    return typeof value === "object" && value !== null;
}
