import { sdkVersion } from "../../lab/engine/plugins";
import { randomProvider } from "../../lab/providers/random/provider";
import { ThrowAwayStack } from "./throwAwayStack";

jest.setTimeout(120_000);

const program = (length = 24, keepers = "a") => `
    const password = new random.RandomPassword("password", {
        length: ${length}, minUpper: 2, minNumeric: 3, minSpecial: 4, overrideSpecial: "-_", keepers: { k: "${keepers}" },
    });
    const bytes = new random.RandomBytes("bytes", { length: 32 });
    return { password: password.result, hex: bytes.hex, base64: bytes.base64 };`;

interface Outputs {
    readonly password: string;
    readonly hex: string;
    readonly base64: string;
}

let stack: ThrowAwayStack;
let made: Outputs;
let printed: string;

beforeAll(async () => {
    stack = new ThrowAwayStack();
    stack.program(program());
    await stack.init();
    printed = await stack.pulumi("up", "--yes", "--skip-preview");
    made = await stack.outputs<Outputs>();
});

afterAll(async () => {
    await stack.pulumi("destroy", "--yes", "--skip-preview");
    expect(stack.state()).not.toContain("random:index");
    stack.remove();
});

it("stands in for the version that the SDK asks for", () => {
    expect(randomProvider.version).toBe(sdkVersion("random"));
});

it("makes what was asked for", () => {
    expect(made.password).toMatch(/^[A-Za-z0-9_-]{24}$/);
    const count = (pattern: RegExp): number => made.password.match(pattern)?.length ?? 0;
    expect(count(/[A-Z]/g)).toBeGreaterThanOrEqual(2);
    expect(count(/[0-9]/g)).toBeGreaterThanOrEqual(3);
    expect(count(/[-_]/g)).toBeGreaterThanOrEqual(4);
    expect(Buffer.from(made.base64, "base64").toString("hex")).toBe(made.hex);
    expect(made.hex).toHaveLength(64);
});

it("warns of the output that it does not give", () => {
    expect(printed).toMatch(
        /RandomPassword \(password\):\s+warning: the lab's provider gives no bcryptHash/,
    );
});

it("keeps results out of the state file and out of plain outputs", async () => {
    const plain = await stack.pulumi("stack", "output", "--json");
    expect(JSON.parse(plain)).toEqual({
        password: "[secret]",
        hex: "[secret]",
        base64: "[secret]",
    });
    for (const secret of Object.values(made) as string[])
        expect(stack.state()).not.toContain(secret);
});

it("changes nothing the second time, nor by a refresh", async () => {
    await stack.pulumi("preview", "--expect-no-changes");
    await stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
});

it.each([
    ["another length", program(25)],
    ["other keepers", program(24, "b")],
])("makes a new one for %s", async (_case, changed) => {
    stack.program(changed);
    expect(await stack.pulumi("preview", "--diff")).toContain("+-1 to replace");
    stack.program(program());
});

it("imports what exists elsewhere", async () => {
    const other = new ThrowAwayStack();
    other.program("");
    await other.init();
    const key = Buffer.alloc(8, 7).toString("base64");
    // Code is generated from the official plugin's schema, which the lab's does not have.
    const what = ["random:index/randomBytes:RandomBytes", "key", key];
    const output = await other.pulumi("import", ...what, "--yes", "--generate-code=false");
    expect(output).toContain("= 1 imported");
    other.program(
        'return { hex: new random.RandomBytes("key", { length: 8 }, { protect: true }).hex };',
    );
    await other.pulumi("up", "--yes", "--skip-preview");
    expect((await other.outputs<{ hex: string }>()).hex).toBe("07".repeat(8));
    other.remove();
});

it("refuses an input that it does not know, and says which it knows", async () => {
    stack.program(program().replace("minUpper", "number: true, minUpper"));
    const { code, output } = await stack.attempt("preview");
    expect(code).not.toBe(0);
    expect(output).toContain("number");
    expect(output).toContain(
        "is not supported by the lab's provider; it knows keepers, length, lower",
    );
    stack.program(program());
});
