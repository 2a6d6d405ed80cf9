import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sampleContract, sampleTenant } from "../../stacks/mockStack";
import { tenantOutput } from "../../stacks/tenantContract";
import { root, Stack, type Run } from "./pulumi";
import { SmallProject } from "./smallProject";

/** A team's program against the stack of a platform, by a real StackReference, in a backend of the test's own. */
const state = mkdtempSync(join(tmpdir(), "app-team-"));
const backend = process.env.PULUMI_BACKEND_URL;
const others: SmallProject[] = [];
let team: SmallProject;

const outputs: Readonly<Record<string, unknown>> = {
    ...sampleContract,
    ...Object.fromEntries(
        Object.entries(sampleTenant).map(([key, value]) => [tenantOutput("orders", key), value]),
    ),
};

function project(name: string, passphrase: string, program: string): SmallProject {
    const made = SmallProject.of(name, passphrase, program);
    others.push(made);
    return made;
}

/** A stack that gives these outputs and no more, of which some are secrets. */
function producer(
    name: string,
    values: Readonly<Record<string, unknown>>,
    { passphrase = "the same", secrets = [] as readonly string[] } = {},
): string {
    const program = `const { secret } = require("@pulumi/pulumi");
const outputs = ${JSON.stringify(values)};
for (const name of ${JSON.stringify(secrets)}) outputs[name] = secret(outputs[name]);
module.exports = outputs;
`;
    const made = project(name, passphrase, program);
    made.must(["up", "--yes", "--skip-preview"]);
    return `organization/${name}/test`;
}

/** What the team's run says where it refers to a stack. */
function previewOn(stack: string): Run {
    team.must(["config", "set", "platform", stack]);
    return team.run(["preview", "--stack", "test"]);
}

/** What the team is told, and that nothing was about to be made. */
function refusalOn(stack: string): string {
    const { status, text } = previewOn(stack);
    expect(status).not.toBe(0);
    expect(text).not.toContain("SecureService");
    return text;
}

beforeAll(() => {
    mkdirSync(join(state, "backend"));
    process.env.PULUMI_BACKEND_URL = `file://${join(state, "backend")}`;
    team = SmallProject.linked(join(root, "stacks", "app-team"), {
        PULUMI_CONFIG_PASSPHRASE: "the same",
    });
    team.must(["config", "set", "image", "lab/orders:0.1.0"]);
});

afterAll(() => {
    for (const one of others) one.run(["destroy", "--yes", "--skip-preview"]);
    for (const one of [...others, team]) one.remove();
    process.env.PULUMI_BACKEND_URL = backend;
    rmSync(state, { recursive: true });
});

it("builds on a platform", () => {
    const { status, text } = previewOn(producer("platform", outputs));
    expect({ status, text }).toMatchObject({ status: 0 });
    expect(text).toMatch(/SecureService\s+orders/);
    expect(text).toContain('host       : "orders.orders.svc"');
});

it("builds on a platform that has secrets of another passphrase beside the contract", () => {
    const stack = producer(
        "hidden",
        { ...outputs, rootKey: "planted" },
        { passphrase: "another", secrets: ["rootKey"] },
    );
    const { status, text } = previewOn(stack);
    expect({ status, text }).toMatchObject({ status: 0 });
    expect(text).toContain(`eliding undecryptable secrets for stack reference '${stack}'`);
});

it.each(["the same", "another"])(
    "refuses a contract with a secret of %s passphrase",
    (passphrase) => {
        const stack = producer(`secret-${passphrase.replace(" ", "-")}`, outputs, {
            passphrase,
            secrets: ["postgresHost"],
        });
        expect(refusalOn(stack)).toContain(
            `the platform's stack ${stack} gives postgresHost as a secret, which nobody can decrypt without its passphrase or key; the contract is public: take the secret out of the platform's outputs`,
        );
    },
);

it("refuses an older platform", () => {
    const stack = producer("older", { ...outputs, contractVersion: 0 });
    expect(refusalOn(stack)).toContain(
        `the platform's stack ${stack} gives version 0 of the contract, and this program reads 1; bring the platform up to date with \`pulumi up\` there`,
    );
});

it("refuses a platform of the same version that gives less", () => {
    const stack = producer("lesser", { ...outputs, leafAlgorithm: undefined });
    expect(refusalOn(stack)).toContain(
        `the platform's stack ${stack} does not give leafAlgorithm: it was built by an older version; bring it up to date with \`pulumi up\` there`,
    );
});

it("refuses a platform that does not know the team", () => {
    const stack = producer("stranger", sampleContract);
    expect(refusalOn(stack)).toContain(
        "it has no tenant orders; have it added to tenants in the platform's configuration, and run `pulumi up` there",
    );
});

it("refuses a stack that nothing was deployed to", () => {
    project("empty", "the same", "module.exports = {};\n");
    const stack = "organization/empty/test";
    expect(refusalOn(stack)).toContain(
        `the platform's stack ${stack} gives no contractVersion: nothing was deployed there, or no platform; run \`pulumi up\` there first, or correct the name`,
    );
});

it("refuses an environment that waits for its first signatures", () => {
    const waiting = new Stack("app-team-offline");
    const pki = { rootMode: "offline", epoch: "2026-11-01" };
    waiting.configure({ pki });
    const up = waiting.run("up", ["--yes", "--skip-preview"]);
    expect(up).toMatchObject({ status: 0 });
    const stack = "organization/encryption-in-transit/app-team-offline";
    expect(refusalOn(stack)).toMatch(
        new RegExp(
            `the platform's stack ${stack} has no platform yet: its certificate authority waits for the signature of .*workload-ca-g1.*; have it signed as docs/runbooks/root-ceremony.md says, and run \`pulumi up\` there`,
        ),
    );
    waiting.remove();
});

it("ends with the engine's own words where there is no such stack", () => {
    const stack = "organization/encryption-in-transit/nowhere";
    expect(refusalOn(stack)).toContain(`error: Preview failed: unknown stack "${stack}"`);
});

it("refuses a name that is none of a stack's before it asks", () => {
    expect(refusalOn("lab")).toContain(
        '[platform] is "lab"; allowed <organization>/<project>/<stack>; write for example organization/encryption-in-transit/lab',
    );
});
