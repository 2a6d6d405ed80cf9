import { execFile, spawn, type ChildProcess } from "node:child_process";
import {
    chmodSync,
    existsSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    unlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
    renderReloadScript,
    type ReloadScriptSettings,
} from "../../../components/kubernetes/reloadScript";

jest.setTimeout(30_000);

let folder: string;
let running: ChildProcess[];
const at = (name: string) => join(folder, name);
const read = (name: string) => (existsSync(at(name)) ? readFileSync(at(name), "utf8") : "");

/** A daemon that notes what is done to it, refuses its files while there is a file `bad`, and does not finish while there is `busy`. */
const daemon = `#!/bin/sh
cd "$(dirname "$0")"
if [ "$1" = test ]; then
    echo test >>calls
    [ ! -e bad ] || { echo "the pair does not fit" && exit 1; }
    exit 0
fi
trap 'echo HUP >>calls' HUP
trap 'echo QUIT >>calls; [ -e busy ] || { sleep 0.3; rm pid; exit 0; }' QUIT
trap 'echo TERM >>calls; rm pid; exit 0' TERM
echo start >>calls
echo $$ >pid
while :; do sleep 0.05; done
`;

function settings(): ReloadScriptSettings {
    return {
        directory: folder,
        files: [at("tls.key"), at("tls.crt")],
        intervalSeconds: 0.1,
        drainSeconds: 0.1,
        finishSeconds: 2,
        daemon: {
            leftovers: [at("pid"), at("socket")],
            run: at("daemon"),
            test: `${at("daemon")} test`,
            reload: `kill -HUP "$(cat ${at("pid")})"`,
            finish: `kill -QUIT "$(cat ${at("pid")})"`,
            end: `kill -TERM "$(cat ${at("pid")})"`,
            pidFile: at("pid"),
        },
    };
}

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "reload-"));
    running = [];
    writeFileSync(at("daemon"), daemon);
    chmodSync(at("daemon"), 0o755);
    writeFileSync(at("tls.crt"), "one");
    writeFileSync(at("tls.key"), "one");
    writeFileSync(at("run.sh"), renderReloadScript(settings()));
});

afterEach(async () => {
    await Promise.all(running.map(end));
    rmSync(folder, { recursive: true, force: true });
});

async function end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
}

function start(mode: string): ChildProcess {
    const child = spawn("/bin/sh", [at("run.sh"), mode], { stdio: "ignore" });
    running.push(child);
    return child;
}

async function until(holds: () => boolean): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (!holds()) {
        if (Date.now() > deadline) throw new Error(`not within 10 s: ${holds.toString()}`);
        await sleep(20);
    }
}

const calls = (name: string) =>
    read("calls")
        .split("\n")
        .filter((call) => call === name).length;

const metric = (name: string) =>
    Number(new RegExp(`^${name} (\\d+)$`, "m").exec(read("metrics"))?.[1] ?? Number.NaN);

/** Longer than several looks at the files. */
const severalLooks = () => sleep(700);

async function startBoth(): Promise<ChildProcess> {
    start("start");
    await until(() => read("pid") !== "");
    const sidecar = start("watch");
    await until(() => read("metrics") !== "");
    return sidecar;
}

it("runs the daemon on a directory that a killed one left", async () => {
    writeFileSync(at("pid"), "1");
    writeFileSync(at("socket"), "");
    start("start");
    await until(() => calls("start") === 1);
    expect(existsSync(at("socket"))).toBe(false);
    expect(read("served")).toMatch(/^[0-9a-f]{64}\n$/);
});

it("leaves a daemon alone whose files stay the same", async () => {
    await startBoth();
    await severalLooks();
    expect([calls("test"), calls("HUP")]).toEqual([0, 0]);
    expect([metric("tls_reloads_total"), metric("tls_reload_failures_total")]).toEqual([0, 0]);
});

it("reloads once for a change", async () => {
    await startBoth();
    writeFileSync(at("tls.crt"), "two");
    await until(() => metric("tls_reloads_total") === 1);
    await severalLooks();
    expect([calls("test"), calls("HUP")]).toEqual([1, 1]);
    expect(metric("tls_reload_failures_total")).toBe(0);
});

it("keeps what is served where the daemon refuses the new files, counts that once, and goes on trying", async () => {
    await startBoth();
    writeFileSync(at("bad"), "");
    writeFileSync(at("tls.key"), "two");
    await until(() => calls("test") > 2);
    expect(calls("HUP")).toBe(0);
    expect(metric("tls_reload_failures_total")).toBe(1);

    unlinkSync(at("bad"));
    await until(() => metric("tls_reloads_total") === 1);
    // A shell runs its trap when the command it waits for has ended.
    await until(() => calls("HUP") === 1);
    expect(metric("tls_reload_failures_total")).toBe(1);
});

it("counts the same bad files again when they come back", async () => {
    await startBoth();
    writeFileSync(at("bad"), "");
    writeFileSync(at("tls.key"), "two");
    await until(() => metric("tls_reload_failures_total") === 1);
    writeFileSync(at("tls.key"), "one");
    await severalLooks();
    writeFileSync(at("tls.key"), "two");
    await until(() => metric("tls_reload_failures_total") === 2);
    expect(calls("HUP")).toBe(0);
});

it("takes a file that is gone for a change", async () => {
    await startBoth();
    unlinkSync(at("tls.key"));
    await until(() => calls("test") === 1);
});

it("notices after its own restart what changed meanwhile, and only that", async () => {
    await end(await startBoth());
    start("watch");
    await severalLooks();
    expect(calls("HUP")).toBe(0);
    await end(running.at(-1) as ChildProcess);
    writeFileSync(at("tls.crt"), "two");
    start("watch");
    await until(() => calls("HUP") === 1);
});

it("waits for a daemon that has not started yet", async () => {
    start("watch");
    await until(() => read("metrics") !== "");
    writeFileSync(at("tls.crt"), "two");
    await severalLooks();
    expect(calls("test")).toBe(0);
});

it("stops when the daemon has finished", async () => {
    await startBoth();
    const stop = start("stop");
    await until(() => stop.exitCode !== null);
    expect(stop.exitCode).toBe(0);
    expect([calls("QUIT"), calls("TERM")]).toEqual([1, 0]);
    expect(existsSync(at("pid"))).toBe(false);
});

it("ends a daemon that has not finished in time, and not before", async () => {
    await startBoth();
    writeFileSync(at("busy"), "");
    const began = Date.now();
    const stop = start("stop");
    await until(() => calls("QUIT") === 1);
    expect(calls("TERM")).toBe(0);
    await until(() => stop.exitCode !== null);
    const seconds = (Date.now() - began) / 1000;
    expect(stop.exitCode).toBe(0);
    expect(seconds).toBeGreaterThanOrEqual(2);
    expect(seconds).toBeLessThan(8);
    await until(() => !existsSync(at("pid")));
    expect([calls("QUIT"), calls("TERM")]).toEqual([1, 1]);
});

it("lets a daemon take its time, if that is within what it has", async () => {
    await startBoth();
    writeFileSync(at("busy"), "");
    const stop = start("stop");
    await until(() => calls("QUIT") === 1);
    unlinkSync(at("pid"));
    await until(() => stop.exitCode !== null);
    expect(calls("TERM")).toBe(0);
});

it("says how it is used", async () => {
    const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
        execFile("/bin/sh", [at("run.sh"), "begin"], (error, _stdout, stderr) => {
            resolve({ code: error?.code, stderr });
        });
    });
    expect(code).toBe(2);
    expect(stderr).toBe(`usage: ${at("run.sh")} start|watch|stop\n`);
});

it.each(["/etc/a b", "/etc/$(id)", "relative", '/etc/"'])("refuses the path %s", (path) => {
    expect(() => renderReloadScript({ ...settings(), files: [path] })).toThrow(
        new Error(
            `[files] has ${JSON.stringify(path)}; allowed an absolute path of letters, digits, ".", "_" and "-"`,
        ),
    );
});

it.each([0, 0.5, Number.NaN])("refuses %s seconds to finish", (finishSeconds) => {
    expect(() => renderReloadScript({ ...settings(), finishSeconds })).toThrow(
        new Error(`[finishSeconds] is ${finishSeconds}; allowed a whole number from 1`),
    );
});

it("does not depend on the order of the files", () => {
    const { files, ...rest } = settings();
    expect(renderReloadScript({ ...rest, files: [...files].reverse() })).toBe(
        renderReloadScript({ ...rest, files }),
    );
});
