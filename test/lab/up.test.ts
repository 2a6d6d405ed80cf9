import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { exportLines } from "../../lab/environment";
import { runSteps, stepLine, type Step } from "../../lab/progress";
import {
    readSalt,
    rememberSalt,
    removeOwnSalt,
    restoreSalt,
    setSalt,
    stackDomain,
} from "../../lab/stackFile";
import { stepsUntil } from "../../lab/up";

const step = (name: string, result = ""): Step => ({ name, run: () => Promise.resolve(result) });

describe("plain output", () => {
    it("is one line a step, with its time", () => {
        expect(stepLine("cluster", 12345, "node Ready")).toBe(
            "cluster          12.3 s  node Ready",
        );
        expect(stepLine("machine", 0, "")).toBe("machine           0.0 s");
    });

    it("comes in order, without what a step reports meanwhile", async () => {
        const lines: string[] = [];
        const noisy: Step = {
            name: "b",
            run: (report) => {
                report("noise");
                return Promise.resolve("done");
            },
        };
        await runSteps([step("a"), noisy], { terminal: false, write: (line) => lines.push(line) });
        expect(lines).toEqual([
            expect.stringMatching(/^a {13} +0\.0 s$/),
            expect.stringMatching(/^b {13} +0\.0 s {2}done$/),
        ]);
    });

    it("ends with the step that fails, whose name the error says", async () => {
        const lines: string[] = [];
        const failing: Step = { name: "b", run: () => Promise.reject(new Error("why")) };
        const running = runSteps([step("a"), failing, step("c")], {
            terminal: false,
            write: (line) => lines.push(line),
        });
        await expect(running).rejects.toThrow("b: why");
        expect(lines).toHaveLength(1);
    });
});

describe("--until", () => {
    const steps = [step("a"), step("b"), step("c")];

    it("takes the steps up to the one named", () => {
        expect(stepsUntil(steps, "b")).toEqual(steps.slice(0, 2));
        expect(stepsUntil(steps, undefined)).toEqual(steps);
    });

    it("refuses a step that there is not", () => {
        expect(() => stepsUntil(steps, "d")).toThrow("[--until] is d; it may be a, b, c");
    });
});

it("exported variables reach a shell as they are", () => {
    const lines = exportLines({ PLAIN: "/a:/b", ODD: 'it\'s $HOME "quoted"' });
    const shown = execFileSync(
        "sh",
        ["-c", `${lines.join("\n")}\nprintf '%s|%s' "$PLAIN" "$ODD"`],
        { encoding: "utf8" },
    );
    expect(shown).toBe('/a:/b|it\'s $HOME "quoted"');
});

describe("the stack's file", () => {
    const text = "config:\n  encryption-in-transit:domain: example.org\n";
    let folder: string;
    let file: string;
    let remembered: string;
    beforeEach(() => {
        folder = mkdtempSync(path.join(tmpdir(), "stack-"));
        file = path.join(folder, "Pulumi.lab.yaml");
        remembered = path.join(folder, "salt");
        writeFileSync(file, text);
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    it("names the domain; without one it is the default", () => {
        expect(stackDomain(file)).toBe("example.org");
        writeFileSync(file, "config: {}\n");
        expect(stackDomain(file)).toBe("local.bluefly.io");
        expect(stackDomain(path.join(folder, "none"))).toBe("local.bluefly.io");
    });

    it("gets a salt and loses it again, and is otherwise as it was", () => {
        setSalt("v1:abc", file);
        expect(readSalt(file)).toBe("v1:abc");
        setSalt(undefined, file);
        expect(readFileSync(file, "utf8")).toBe(text);
    });

    it("gets back the salt that was remembered, in place of a stranger's", () => {
        setSalt("v1:ours", file);
        rememberSalt(remembered, file);
        setSalt("v1:stranger", file);
        restoreSalt(remembered, file);
        expect(readSalt(file)).toBe("v1:ours");
    });

    it("loses a stranger's salt where none was remembered", () => {
        setSalt("v1:stranger", file);
        restoreSalt(remembered, file);
        expect(readFileSync(file, "utf8")).toBe(text);
    });

    it("loses our salt in the end, and keeps the one of another lab", () => {
        setSalt("v1:ours", file);
        rememberSalt(remembered, file);
        removeOwnSalt(remembered, file);
        expect(readFileSync(file, "utf8")).toBe(text);
        setSalt("v1:stranger", file);
        removeOwnSalt(remembered, file);
        expect(readSalt(file)).toBe("v1:stranger");
    });
});
