import { runTool } from "../../verify/tool";

const sh = (script: string, limitSeconds = 10) =>
    runTool({ command: "sh", args: ["-c", script], limitSeconds });

it("gives exit code and output", async () => {
    expect(await sh("echo out; echo err >&2; exit 3")).toEqual({
        exitCode: 3,
        stdout: "out\n",
        stderr: "err\n",
    });
});

it("names a program that is not there", async () => {
    const call = { command: "no-such-program", args: [], limitSeconds: 10 };
    await expect(runTool(call)).rejects.toThrow("no-such-program is not on PATH");
});

it("ends a program at its limit, with the children that hold its output open", async () => {
    const { exitCode, stdout } = await sh("echo started; sleep 60 & wait", 0.5);
    expect({ exitCode, stdout }).toEqual({ exitCode: null, stdout: "started\n" });
});
