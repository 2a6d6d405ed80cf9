import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Writes a file under a temporary name and renames it, so that a reader sees the old or the new one and never half of it. */
export function writeAtomically(file: string, content: string | Uint8Array, mode = 0o644): void {
    mkdirSync(path.dirname(file), { recursive: true });
    const temporary = `${file}.${randomBytes(4).toString("hex")}.tmp`;
    writeFileSync(temporary, content, { mode });
    renameSync(temporary, file);
}

/** First twelve hex digits of a SHA-256 over named parts; the length of each part is hashed too, so no two lists collide. */
export function contentKey(parts: readonly (string | Uint8Array)[]): string {
    const hash = createHash("sha256");
    for (const part of parts) {
        const bytes = typeof part === "string" ? Buffer.from(part) : part;
        hash.update(`${bytes.length}\n`).update(bytes);
    }
    return hash.digest("hex").slice(0, 12);
}
