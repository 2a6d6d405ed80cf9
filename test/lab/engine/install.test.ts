import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installEngine, type Engine } from "../../../lab/engine/install";
import { sdkVersion } from "../../../lab/engine/plugins";

let cache: string;
let engine: Engine;
const install = (): Promise<Engine> =>
    installEngine({ cache, pulumiBinary: join(cache, "built-pulumi") });

beforeAll(async () => {
    cache = mkdtempSync(join(tmpdir(), "engine-"));
    writeFileSync(join(cache, "built-pulumi"), "#!/bin/sh\necho pulumi\n", { mode: 0o755 });
    engine = await install();
}, 60_000);

afterAll(() => {
    rmSync(cache, { recursive: true });
});

it("lays the language host beside the CLI, and the plugins into PULUMI_HOME", () => {
    expect(engine.bin).toBe(join(cache, "engine", sdkVersion("pulumi")));
    expect(execFileSync(join(engine.bin, "pulumi"), { encoding: "utf8" })).toBe("pulumi\n");
    const plugins = readdirSync(join(engine.env["PULUMI_HOME"] ?? "", "plugins"));
    expect(plugins.sort()).toEqual(
        ["kubernetes", "random", "tls"].map((name) => `resource-${name}-v${sdkVersion(name)}`),
    );
});

it("does nothing the second time, in less than a second", async () => {
    const before = statSync(engine.bin).ctimeMs;
    const started = Date.now();
    await expect(install()).resolves.toEqual(engine);
    expect(Date.now() - started).toBeLessThan(1000);
    expect(statSync(engine.bin).ctimeMs).toBe(before);
});

it("installs another CLI in the place of the first", async () => {
    writeFileSync(join(cache, "built-pulumi"), "#!/bin/sh\necho another\n", { mode: 0o755 });
    await install();
    expect(execFileSync(join(engine.bin, "pulumi"), { encoding: "utf8" })).toBe("another\n");
}, 60_000);

it.each([
    ["the language host", () => join(engine.bin, "pulumi-language-nodejs")],
    ["the tls plugin", () => plugin("tls")],
    ["the random plugin", () => plugin("random")],
    ["the kubernetes plugin", () => plugin("kubernetes")],
])("%s prints its port, and ends when nobody holds its input", async (_name, program) => {
    const child = spawn(program(), ["127.0.0.1:1"], { env: { ...process.env, ...engine.env } });
    const [printed] = (await once(child.stdout, "data")) as [Buffer];
    expect(printed.toString()).toMatch(/^\d+\n$/);
    child.stdin.end();
    expect(await once(child, "close")).toEqual([0, null]);
});

const plugin = (name: string): string =>
    join(
        engine.env["PULUMI_HOME"] ?? "",
        "plugins",
        `resource-${name}-v${sdkVersion(name)}`,
        `pulumi-resource-${name}`,
    );
