import { readdirSync } from "node:fs";
import path from "node:path";
import { isOlder } from "../../lab/build/goBuild";
import {
    approverPolicyBinary,
    binaryKey,
    binaryPath,
    certManagerBinary,
    coreDnsBinary,
    kubeBinary,
    pulumiBinary,
    sourceFolder,
} from "../../lab/build/goBinaries";
import { labPaths } from "../../lab/cache";

const sources = [
    ["go.mod", Buffer.from("module a")],
    ["main.go", Buffer.from("package main")],
] as const;
const key = (changed: Partial<typeof kubeBinary> = {}, files: typeof sources = sources): string =>
    binaryKey({ ...kubeBinary, ...changed }, files);

describe("the key of a binary", () => {
    it("is the same for the same sources and flags", () => {
        expect(key()).toBe(key());
        expect(key()).toMatch(/^[0-9a-f]{12}$/);
    });

    it("changes with the linker's flags", () => {
        expect(key({ ldflags: "-s" })).not.toBe(key());
    });

    it("changes with what is built", () => {
        expect(key({ target: "./cmd" })).not.toBe(key());
    });

    it("changes with one byte of a source", () => {
        expect(key({}, [sources[0], ["main.go", Buffer.from("package mai")]])).not.toBe(key());
    });

    it("changes where a byte moves from one file to the next", () => {
        const moved = [
            ["go.mod", Buffer.from("module ap")],
            ["main.go", Buffer.from("ackage main")],
        ] as const;
        expect(key({}, moved)).not.toBe(key());
    });
});

it.each([pulumiBinary, kubeBinary, certManagerBinary, approverPolicyBinary, coreDnsBinary])(
    "$name has sources and a place",
    (binary) => {
        expect(readdirSync(sourceFolder(binary))).toContain("go.sum");
        const file = binaryPath(binary, labPaths({ XDG_CACHE_HOME: "/cache" }));
        expect(path.dirname(file)).toBe("/cache/encryption-in-transit/bin");
        expect(path.basename(file)).toMatch(new RegExp(`^${binary.name}-[0-9a-f]{12}$`));
    },
);

it.each([
    ["1.9", "1.26", true],
    ["1.26.7", "1.26.8", true],
    ["1.26.8", "1.26.8", false],
    ["1.27", "1.26.8", false],
    ["1.26", "1.26.1", true],
    ["1.26rc1", "1.26", false],
    ["2.0", "1.26.8", false],
])("go %s for a module that asks for %s is too old: %s", (present, wanted, expected) => {
    expect(isOlder(present, wanted)).toBe(expected);
});
