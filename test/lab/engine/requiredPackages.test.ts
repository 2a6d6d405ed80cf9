import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requiredPackages } from "../../../lab/engine/requiredPackages";

let root: string;

beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "required-"));
});

afterEach(() => {
    rmSync(root, { recursive: true });
});

function manifest(folder: string, content: object): void {
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, folder, "package.json"), JSON.stringify(content));
}

it("names the plugins of direct and indirect dependencies, each once", () => {
    manifest(".", { dependencies: { tls: "1", library: "1", absent: "1" } });
    manifest("node_modules/tls", { version: "5.6.1", pulumi: { resource: true, name: "tls" } });
    manifest("node_modules/library", {
        version: "1.0.0",
        dependencies: { random: "1", tls: "1", library: "1" },
    });
    manifest("node_modules/library/node_modules/random", {
        version: "0.0.0",
        pulumi: { resource: true, name: "random", version: "4.21.2" },
    });
    manifest("node_modules/unused", {
        version: "1.0.0",
        pulumi: { resource: true, name: "unused" },
    });
    mkdirSync(join(root, "program"));
    expect(requiredPackages(join(root, "program"))).toEqual([
        { name: "tls", version: "5.6.1" },
        { name: "random", version: "4.21.2" },
    ]);
});

it("names none without dependencies, and none for a package that is no provider", () => {
    manifest(".", { dependencies: { policy: "1" } });
    manifest("node_modules/policy", {
        version: "1.0.0",
        pulumi: { resource: false, name: "policy" },
    });
    expect(requiredPackages(root)).toEqual([]);
});
