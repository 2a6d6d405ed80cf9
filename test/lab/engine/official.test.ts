import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { officialEngine } from "../../../lab/engine/official";
import { labPlugins } from "../../../lab/engine/plugins";

let root: string;

beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "official-"));
    for (const { name, version } of labPlugins()) {
        executable(`home/plugins/resource-${name}-v${version}/pulumi-resource-${name}`);
    }
    executable("usr/bin/pulumi");
    executable("usr/bin/pulumi-language-nodejs");
    mkdirSync(join(root, "cache"));
});

afterEach(() => {
    rmSync(root, { recursive: true });
});

function executable(name: string): void {
    const file = join(root, name);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, "#!/bin/sh\n");
    chmodSync(file, 0o755);
}

const find = (path: readonly string[] = ["empty", "usr/bin"]): string | undefined =>
    officialEngine({
        cache: join(root, "cache"),
        path: path.map((folder) => join(root, folder)).join(delimiter),
        home: join(root, "home"),
    });

it("finds a CLI with its language host and every plugin", () => {
    expect(find()).toBe(join(root, "usr/bin"));
});

it("finds one that is a link into another folder", () => {
    mkdirSync(join(root, "local/bin"), { recursive: true });
    symlinkSync(join(root, "usr/bin/pulumi"), join(root, "local/bin/pulumi"));
    expect(find(["local/bin"])).toBe(join(root, "local/bin"));
});

it.each(["usr/bin/pulumi", "usr/bin/pulumi-language-nodejs", "home/plugins/resource-tls-v5.6.1"])(
    "finds none without %s",
    (missing) => {
        rmSync(join(root, missing), { recursive: true });
        expect(find()).toBeUndefined();
    },
);

it("finds one where there is no lab yet", () => {
    rmSync(join(root, "cache"), { recursive: true });
    expect(find()).toBe(join(root, "usr/bin"));
});

it("takes a plugin on PATH as well", () => {
    rmSync(join(root, "home/plugins/resource-tls-v5.6.1"), { recursive: true });
    executable("usr/bin/pulumi-resource-tls");
    expect(find()).toBe(join(root, "usr/bin"));
});

it("does not take the lab's own engine for the official one", () => {
    executable("cache/engine/pulumi");
    executable("cache/engine/pulumi-language-nodejs");
    expect(find(["cache/engine"])).toBeUndefined();
    expect(find(["cache/engine", "usr/bin"])).toBe(join(root, "usr/bin"));
});
