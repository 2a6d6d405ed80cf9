import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { stack as tested } from "../target";
import { pack, pulumi, Stack } from "./pulumi";

const name = "engine-test";
let stack: Stack;

beforeAll(() => {
    stack = new Stack(name);
});
afterAll(() => {
    stack.remove();
});

it("previews the stack that is up without a violation and without a change", () => {
    const run = pulumi(["preview", "--stack", tested, "--expect-no-changes", ...pack]);
    expect(run).toMatchObject({ status: 0 });
    expect(run.text).toMatch(/Policies:\s+✅ encryption-in-transit/u);
    expect(run.text).not.toMatch(/\[(mandatory|advisory)\]/);
});

it("previews an environment that does not exist yet without a violation", () => {
    const run = stack.run("preview", pack);
    expect(run).toMatchObject({ status: 0 });
    expect(run.text).not.toContain("[mandatory]");
    const [, ...told] = run.text.split("[advisory]");
    // What the stores read their users from is made in `up`, which judges it before it is created. A login configures nothing.
    for (const each of told)
        expect(each).toMatch(/undecided: Secret [^,]*\b(?:postgres-passwords|redis-users), /);
});

it.each(["a comment", "a shorter lifetime"])("lets %s pass", (change) => {
    expect(stack.run("preview", pack, change)).toMatchObject({ status: 0 });
});

it.each([
    ["TLS 1.2 beside 1.3", "nginx-require-tls13", "ssl_protocols TLSv1.2 TLSv1.3"],
    ["a plaintext upstream", "nginx-forbid-plaintext", "proxy_pass http://"],
    ["a plaintext listener", "nginx-forbid-plaintext", "listen 8443"],
    ["an upstream that nobody verifies", "nginx-require-tls13", "proxy_ssl_verify off"],
    ["a config that preview does not know", "nginx-require-tls13", "render it from plain values"],
    ["a leaf of 91 days", "certificate-require-rotation", "duration 2184h"],
    ["a lifetime in days", "certificate-require-rotation", "duration 90d"],
    ["a key that stays", "certificate-require-rotation", "rotationPolicy Never"],
])("refuses %s", (change, rule, got) => {
    const { status, text } = stack.run("preview", pack, change);
    expect(status).not.toBe(0);
    expect(text).toMatch(new RegExp(`\\[mandatory\\].*${rule}`));
    expect(text).toContain(got);
});

it("refuses in `up` before anything exists", async () => {
    const run = stack.run("up", ["--yes", ...pack], "TLS 1.2 beside 1.3");
    expect(run.status).not.toBe(0);
    expect(run.text).toMatch(/\[mandatory\].*nginx-require-tls13/);
    expect(stack.resources()).toEqual([]);
    expect(await namespaces()).not.toContain(name);
});

async function namespaces(): Promise<readonly string[]> {
    const config = new KubeConfig();
    config.loadFromDefault();
    const { items } = await config.makeApiClient(CoreV1Api).listNamespace();
    return items.map(({ metadata }) => metadata?.name ?? "");
}
