import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installFolder } from "../../../lab/engine/installFolder";

let root: string;

beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "install-"));
});

afterEach(() => {
    rmSync(root, { recursive: true });
});

const content =
    (text: string) =>
    (folder: string): Promise<void> =>
        writeFile(join(folder, "file"), text);

const install = (key: string, fill: (folder: string) => Promise<void>): Promise<boolean> =>
    installFolder({ target: join(root, "deep", "target"), key, fill });

const installed = (): string => readFileSync(join(root, "deep", "target", "file"), "utf8");

it("makes a folder once for each key", async () => {
    await expect(install("one", content("1"))).resolves.toBe(true);
    await expect(install("one", content("never"))).resolves.toBe(false);
    expect(installed()).toBe("1");
    await expect(install("two", content("2"))).resolves.toBe(true);
    expect(installed()).toBe("2");
});

it("keeps what was there, and leaves nothing half made, where filling fails", async () => {
    await install("one", content("1"));
    await expect(install("two", () => Promise.reject(new Error("no space")))).rejects.toThrow(
        "no space",
    );
    expect(installed()).toBe("1");
    expect(readdirSync(join(root, "deep"))).toEqual(["target"]);
});
