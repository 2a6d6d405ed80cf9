import { readFileSync } from "node:fs";

/** The file's text without the line end that an editor leaves. Throws where it cannot be read, naming the file. */
export function readPassword(file: string): string {
    return readFileSync(file, "utf8").replace(/\r?\n$/, "");
}
