import { runtimeOptions } from "../../../lab/engine/runtimeOptions";

it("runs TypeScript by default, with node as it is", () => {
    expect(runtimeOptions({})).toEqual({
        typescript: true,
        tsconfig: undefined,
        nodeArguments: [],
    });
});

it("reads all that the nodejs runtime has", () => {
    const given = {
        typescript: false,
        tsconfig: "other.json",
        nodeargs: `--trace-warnings --title="two words" '--require=a b'`,
        packagemanager: "npm",
    };
    expect(runtimeOptions(given)).toEqual({
        typescript: false,
        tsconfig: "other.json",
        nodeArguments: ["--trace-warnings", "--title=two words", "--require=a b"],
    });
});

it.each([
    [
        { typescript: "yes" },
        '[runtime.options.typescript] is "yes"; the nodejs runtime takes true or false',
    ],
    [
        { tsconfig: 1 },
        "[runtime.options.tsconfig] is 1; the nodejs runtime takes the path of a file",
    ],
    [{ nodeargs: ["-r"] }, "[runtime.options.nodeargs] is"],
    [
        { virtualenv: "x" },
        '[runtime.options.virtualenv] is "x"; the nodejs runtime takes typescript, tsconfig or nodeargs',
    ],
])("refuses %j", (given, message) => {
    expect(() => runtimeOptions(given)).toThrow(message);
});
