import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { ControlPlane } from "./controlPlane";
import { Stack } from "./stack";

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

async function saying(output: () => string, words: string): Promise<void> {
    while (!output().includes(words)) await sleep(20);
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
    stack.program(chain);
    const { child, output } = stack.start("up", "--yes", "--skip-preview");
    await saying(output, "link-5 created");
    await plane.killApiServer();
    const [code] = (await once(child, "close")) as [number];
    expect(code).not.toBe(0);
    expect(output()).toMatch(
        /error: the Kubernetes API server https:\/\/127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/,
    );
    await plane.startApiServer();
    expect(await links()).toBeLessThan(count);
    await finishes();
});

it("waits for an API server that is away for a moment", async () => {
    stack.program(chain);
    const { child, output } = stack.start("up", "--yes", "--skip-preview");
    await saying(output, "link-5 created");
    await plane.killApiServer();
    await plane.startApiServer();
    const [code] = (await once(child, "close")) as [number];
    expect(output()).toContain("trying again: the Kubernetes API server");
    expect(code).toBe(0);
    await finishes();
});

it("takes up what an engine that was killed had made", async () => {
    stack.program(chain);
    const { child, output } = stack.start("up", "--yes", "--skip-preview");
    await saying(output, "link-5 created");
    child.kill("SIGKILL");
    await once(child, "close");
    // What the provider was at when it lost its engine may still arrive.
    await sleep(1_000);
    expect(await links()).toBeGreaterThanOrEqual(5);
    await stack.succeed("cancel", "--yes");
    await finishes();
});
