import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folders: string[] = [];

/** An empty folder that is gone when the file's tests are over. */
export function temporaryFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), "stacks-"));
    folders.push(folder);
    return folder;
}

afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
