import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { contentKey, writeAtomically } from "../../lab/host/files";
import { withLock } from "../../lab/host/lock";
import { missingPackages } from "../../lab/host/packages";
import { whatIsMissing, type Machine } from "../../lab/host/preconditions";
import {
    end,
    identify,
    isRunning,
    readRecord,
    signal,
    startDetached,
} from "../../lab/host/processes";
import { run } from "../../lab/host/run";

let folder: string;
beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "host-"));
});
afterEach(() => {
    rmSync(folder, { recursive: true });
});

describe("processes", () => {
    const start = (...command: [string, ...string[]]): ReturnType<typeof startDetached> =>
        startDetached({
            record: path.join(folder, "record"),
            log: path.join(folder, "log"),
            command,
        });

    it("are recorded by number and start time, and ended", async () => {
        const record = await start("sleep", "100");
        expect(readRecord(path.join(folder, "record"))).toEqual(record);
        expect(readFileSync(`/proc/${record.pid}/comm`, "utf8")).toBe("sleep\n");
        expect(isRunning(record)).toBe(true);
        await end(record, 1000);
        expect(isRunning(record)).toBe(false);
    });

    it("get their arguments as they are, and write to the log", async () => {
        const record = await start("printf", "%s|", "a b", "$HOME", "--", "");
        while (isRunning(record)) await new Promise((resolve) => setTimeout(resolve, 5));
        expect(readFileSync(path.join(folder, "log"), "utf8")).toBe("a b|$HOME|--||");
    });

    it("are ended by force where they do not listen", async () => {
        const record = await start(
            "sh",
            "-c",
            'trap "" TERM; echo deaf; while :; do sleep 0.05; done',
        );
        while (!readFileSync(path.join(folder, "log"), "utf8").includes("deaf"))
            await new Promise((r) => setTimeout(r, 5));
        await end(record, 100);
        expect(isRunning(record)).toBe(false);
    });

    it("of a stranger under the same number are left alone", async () => {
        const stranger = spawn("sleep", ["100"]);
        const { pid = 0 } = stranger;
        const stale = { pid, startTime: "1" };
        expect(signal(stale, "SIGKILL")).toBe(false);
        await end(stale, 100);
        const [known] = [identify(pid)];
        expect(known?.pid).toBe(pid);

        expect(known !== undefined && signal(known, "SIGKILL")).toBe(true);
        await once(stranger, "close");
    });

    it("that are gone are known to be", () => {
        expect(identify(2 ** 30)).toBeUndefined();
        expect(readRecord(path.join(folder, "none"))).toBeUndefined();
    });

    it.each(["", "12", "12 34", "x y\n", "1 2 3\n"])(
        "are not read from a record that holds %j",
        (content) => {
            writeAtomically(path.join(folder, "record"), content);
            expect(readRecord(path.join(folder, "record"))).toBeUndefined();
        },
    );
});

describe("a lock", () => {
    it("lets one in at a time, and everybody in the end", async () => {
        let inside = 0;
        const most: number[] = [];
        const work = async (): Promise<void> => {
            most.push(++inside);
            await new Promise((resolve) => setTimeout(resolve, 20));
            inside--;
        };
        await Promise.all([withLock(folder, work), withLock(folder, work), withLock(folder, work)]);
        expect(most).toEqual([1, 1, 1]);
    });

    it("is free after a failure", async () => {
        await expect(withLock(folder, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
        expect(await withLock(folder, () => Promise.resolve("in"))).toBe("in");
    });

    it("of another name does not hold", async () => {
        expect(await withLock("a", () => withLock("b", () => Promise.resolve("both")))).toBe(
            "both",
        );
    });
});

describe("files", () => {
    it("are whole, with their mode, and leave nothing beside them", () => {
        const file = path.join(folder, "sub", "file");
        writeAtomically(file, "text", 0o600);
        expect(readFileSync(file, "utf8")).toBe("text");
        expect(statSync(file).mode & 0o777).toBe(0o600);
        expect(readdirSync(path.dirname(file))).toEqual(["file"]);
    });

    it("have keys that tell two lists apart", () => {
        expect(contentKey(["ab", "c"])).not.toBe(contentKey(["a", "bc"]));
        expect(contentKey(["a"])).toBe(contentKey([Buffer.from("a")]));
    });
});

describe("a command", () => {
    it("gives its output and takes input", async () => {
        expect(await run("cat", [], { input: "in" })).toEqual({
            exitCode: 0,
            stdout: "in",
            stderr: "",
        });
    });

    it("that fails says how, with the end of what it wrote", async () => {
        const failing = run("sh", ["-c", "echo first; echo last >&2; exit 3"], { errorLines: 1 });
        await expect(failing).rejects.toThrow(
            "sh -c echo first; echo last >&2; exit 3 exited with 3:\nlast",
        );
    });

    it("that may fail gives its code", async () => {
        expect((await run("sh", ["-c", "exit 3"], { allowFailure: true })).exitCode).toBe(3);
    });

    it("that is not there is an error", async () => {
        await expect(run(path.join(folder, "none"), [])).rejects.toThrow("ENOENT");
    });

    it("gives whole lines as they come", async () => {
        const lines: string[] = [];
        await run("printf", ["one\\ntw"], { onLine: (line) => lines.push(line) });
        expect(lines).toEqual(["one"]);
    });
});

describe("Debian packages", () => {
    it("are asked for where a program is missing, each once", () => {
        const there = [
            "/usr/sbin/runc",
            "/usr/sbin/ip",
            "/usr/bin/nsenter",
            "/usr/sbin/nft",
            "/usr/bin/mmdebstrap",
        ];
        expect(missingPackages((file) => there.includes(file))).toEqual([
            "containerd",
            "containernetworking-plugins",
        ]);
    });

    it("are not asked for where everything is there, whoever installed it", () => {
        expect(
            missingPackages(
                (file) => file.startsWith("/usr/local/sbin") || file.startsWith("/usr/lib/cni"),
            ),
        ).toEqual([]);
    });

    it("on this machine are complete by now", () => {
        expect(missingPackages()).toEqual([]);
        expect(existsSync("/usr/lib/cni/bridge")).toBe(true);
    });
});

describe("preconditions", () => {
    const good: Machine = {
        uid: 0,
        hasDebianPackages: true,
        missingControllers: [],
        canMakeNamespaces: true,
        hasGo: true,
        hasPython: true,
    };
    const instead = "use a cluster that you have: KUBECONFIG=... make up STACK=dev";

    it("hold on a good machine", () => {
        expect(whatIsMissing(good)).toBeUndefined();
    });

    it.each<[Partial<Machine>, string]>([
        [{ uid: 1000 }, `the lab needs root, this is uid 1000; run it as root, or ${instead}`],
        [{ hasDebianPackages: false }, `the lab needs a Debian machine (apt-get); ${instead}`],
        [
            { missingControllers: ["memory", "pids"] },
            `the lab needs the cgroup controllers memory, pids, which are not there; ${instead}`,
        ],
        [
            { canMakeNamespaces: false },
            `the lab needs mount, network and PID namespaces, which are refused here; ${instead}`,
        ],
        [
            { hasGo: false },
            `the lab needs Go and there is no "go" on PATH; install it, or ${instead}`,
        ],
        [
            { hasPython: false },
            `the lab needs Python with venv for sslyze; install python3-venv, or ${instead}`,
        ],
    ])("say in one line what is missing: %j", (missing, line) => {
        expect(whatIsMissing({ ...good, ...missing })).toBe(line);
        expect(line).not.toContain("\n");
    });
});
