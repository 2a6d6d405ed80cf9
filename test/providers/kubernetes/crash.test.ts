import { setTimeout as sleep } from "node:timers/promises";
import { ControlPlane } from "./controlPlane";
import { Stack, type RunningCommand } from "./stack";

jest.setTimeout(180_000);

let plane: ControlPlane;
let stack: Stack;

beforeAll(async () => {
    plane = await ControlPlane.start();
    stack = await Stack.create(plane.kubeconfig);
});
afterAll(async () => {
    await plane.stop();
    await stack.remove();
});

const count = 30;

/** Objects one after the other, so that something is always still to be done. */
const chain = `
let before;
for (let i = 1; i <= ${count}; i++) {
    before = new k8s.core.v1.ConfigMap("link-" + i, { metadata: { name: "link-" + i }, data: { i: String(i) } }, { dependsOn: before });
}
`;

const links = async (): Promise<number> => {
    const { items } = (await plane.get("configmaps")) as {
        items: { metadata: { name: string } }[];
    };
    return items.filter(({ metadata }) => metadata.name.startsWith("link-")).length;
};

/** An `up` of the chain that has made its first objects. */
async function underWay(): Promise<RunningCommand> {
    stack.program(chain);
    const up = stack.start("up", "--yes", "--skip-preview");
    while (!up.output().includes("link-3 created") && up.child.exitCode === null) await sleep(20);
    if (up.child.exitCode !== null) throw new Error(up.output());
    return up;
}

async function finishes(): Promise<void> {
    await stack.succeed("up", "--yes", "--skip-preview");
    expect(await links()).toBe(count);
    expect(stack.resources("kubernetes:core/v1:ConfigMap")).toHaveLength(count);
    await stack.succeed("preview", "--expect-no-changes");
    await stack.succeed("destroy", "--yes", "--skip-preview");
    expect(await links()).toBe(0);
}

it("says that the API server died, and finishes in the next run", async () => {
    const up = await underWay();
    await plane.killApiServer();
    const { code, output } = await up.ended;
    expect(code).not.toBe(0);
    expect(output).toMatch(
        /error: the Kubernetes API server https:\/\/127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/,
    );
    await plane.startApiServer();
    expect(await links()).toBeLessThan(count);
    await finishes();
});

it("waits for an API server that is away for a moment", async () => {
    const up = await underWay();
    await plane.killApiServer();
    await plane.startApiServer();
    const { code, output } = await up.ended;
    expect(output).toContain("trying again: the Kubernetes API server");
    expect(code).toBe(0);
    await finishes();
});

it("takes up what an engine that was killed had made and not recorded", async () => {
    const up = await underWay();
    up.child.kill("SIGKILL");
    await up.ended;
    await stack.succeed("cancel", "--yes");
    // An engine records nearly all that it has made: from the second object on, this one is made to have lost its record.
    const [, second] = stack.resources("kubernetes:core/v1:ConfigMap");
    await stack.succeed("state", "delete", second?.urn ?? "", "--target-dependents", "--yes");
    expect(stack.resources("kubernetes:core/v1:ConfigMap")).toHaveLength(1);
    expect(await links()).toBeGreaterThanOrEqual(3);
    await finishes();
});
