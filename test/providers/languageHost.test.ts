import {
    copyFileSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    readlinkSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { ThrowAwayStack } from "./throwAwayStack";

jest.setTimeout(120_000);

const root = join(__dirname, "..", "..");

const typeScript = `
    import * as k8s from "@pulumi/kubernetes";
    import * as pulumi from "@pulumi/pulumi";

    class Greeting extends pulumi.ComponentResource {
        constructor(name: string, args: { text: string }) {
            super("test:index:Greeting", name, args);
            this.registerOutputs({});
        }
    }
    const config = new pulumi.Config();
    const text: string = config.require("text");
    new Greeting("greeting", { text });
    export const seen = {
        text,
        secret: config.requireSecret("secret"),
        dryRun: pulumi.runtime.isDryRun(),
        stack: \`\${pulumi.getOrganization()}/\${pulumi.getProject()}/\${pulumi.getStack()}\`,
        kind: typeof k8s.core.v1.ConfigMap,
    };
`;

const pack = `
    const { PolicyPack } = require("@pulumi/policy");
    new PolicyPack("test-pack", {
        policies: [{
            name: "no-goodbye",
            description: "Nobody says goodbye.",
            enforcementLevel: "mandatory",
            validateResource: ({ type, props }, report) => {
                if (type === "test:index:Greeting" && props.text === "goodbye") report("the text is goodbye");
            },
        }],
    });
`;

let stack: ThrowAwayStack;

beforeAll(async () => {
    stack = new ThrowAwayStack({ "index.ts": typeScript });
    stack.write(
        "package.json",
        '{ "name": "throw-away", "version": "0.0.1", "main": "index.ts" }\n',
    );
    copyFileSync(join(root, "tsconfig.json"), join(stack.folder, "tsconfig.json"));
    const folder = join(stack.folder, "pack");
    mkdirSync(folder);
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "PulumiPolicy.yaml"), "runtime: nodejs\nmain: index.js\n");
    writeFileSync(
        join(folder, "package.json"),
        '{ "name": "pack", "version": "0.0.1", "main": "index.js" }\n',
    );
    writeFileSync(join(folder, "index.js"), pack);
    await stack.init();
    await stack.pulumi("config", "set", "text", "hello");
    await stack.pulumi("config", "set", "--secret", "secret", "hunter2");
});

afterAll(() => {
    stack.remove();
});

it("runs a TypeScript program under the project's tsconfig, with its configuration and its names", async () => {
    const output = await stack.pulumi("up", "--yes", "--skip-preview");
    expect(output).not.toContain("from $PATH");
    expect(await stack.outputs()).toEqual({
        seen: {
            text: "hello",
            secret: "hunter2",
            dryRun: false,
            stack: "organization/throw-away/test",
            kind: "function",
        },
    });
    expect(stack.state()).not.toContain("hunter2");
});

it("checks types where the user wants it", async () => {
    const checking = { PULUMI_NODEJS_TRANSPILE_ONLY: "false" };
    expect((await run(["preview"], checking)).code).toBe(0);
    stack.write("index.ts", typeScript.replace("const text: string =", "const text: number ="));
    const { code, output } = await run(["preview"], checking);
    stack.write("index.ts", typeScript);
    expect(code).not.toBe(0);
    expect(output).toContain("Type 'string' is not assignable to type 'number'");
});

it("lets a policy pack refuse in preview, and pass what is good", async () => {
    expect(await stack.pulumi("preview", "--policy-pack", "pack")).toContain("test-pack@v0.0.1");
    await stack.pulumi("config", "set", "text", "goodbye");
    const { code, output } = await stack.attempt("preview", "--policy-pack", "pack");
    await stack.pulumi("config", "set", "text", "hello");
    expect(code).not.toBe(0);
    expect(output).toContain("[mandatory]  no-goodbye  (test:index:Greeting: greeting)");
    expect(output).toContain("the text is goodbye");
});

it("says what is wrong with a program that throws, and with an option that it does not know", async () => {
    stack.write("index.ts", "throw new Error('on purpose');");
    expect((await stack.attempt("preview")).output).toContain("on purpose");
    stack.write("index.ts", typeScript);
    stack.write(
        "Pulumi.yaml",
        "name: throw-away\nruntime: { name: nodejs, options: { bun: true } }\n",
    );
    expect((await stack.attempt("preview")).output).toContain(
        "[runtime.options.bun] is true; the nodejs runtime takes typescript, tsconfig or nodeargs",
    );
    stack.write("Pulumi.yaml", "name: throw-away\nruntime: nodejs\n");
});

it("names the debugger as a thing that it does not have", async () => {
    const { code, output } = await stack.attempt("preview", "--attach-debugger=program");
    expect(code).not.toBe(0);
    expect(output).toContain("attaches no debugger; the official CLI does");
});

it("leaves no process behind when the engine is killed", async () => {
    stack.write("index.ts", "export = new Promise(() => setInterval(() => undefined, 1000));");
    const { child } = stack.start(["preview", "--policy-pack", "pack"]);
    const mine = (): string[] => processesIn(stack.folder);
    const parts = [
        "pulumi --non-interactive",
        "pulumi-language-nodejs",
        "cmd/run/",
        "cmd/run-policy-pack/",
    ];
    await eventually(() => parts.every((part) => mine().some((line) => line.includes(part))));
    child.kill("SIGKILL");
    await eventually(() => mine().length === 0);
    stack.write("index.ts", typeScript);
});

function run(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
    return new Promise((resolve) => {
        const { child, output } = stack.start(args, env);
        child.on("close", (code) => {
            resolve({ code, output: output() });
        });
    });
}

/** Command lines of the processes that work in a folder. */
function processesIn(folder: string): string[] {
    return readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .flatMap((pid) => {
            try {
                if (!readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)) return [];
                return [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")];
            } catch {
                // Gone since it was listed.
                return [];
            }
        });
}

async function eventually(holds: () => boolean): Promise<void> {
    const end = Date.now() + 30_000;
    while (!holds()) {
        if (Date.now() > end) throw new Error("it did not come to hold within 30 s");
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
}
