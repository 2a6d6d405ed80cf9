import { kubeconfigOf } from "../stacks/raw";
import { stackConfig } from "../target";
import { Stack } from "./pulumi";

/** What a user may write wrongly: one message each, word for word in test/stacks, and nothing is created. */
let stack: Stack;

beforeAll(() => {
    stack = new Stack("engine-input");
});
afterAll(() => {
    stack.remove();
});

const leaf = { lifetime: "2160h", renewBefore: "720h", algorithm: "ECDSA-P256" };
const pki = { rootMode: "managed", epoch: "2026-11-01" };

/** The messages of a refused run, which the engine shows under the stack. */
const errorsOf = (text: string): string[] => text.match(/^\s*\[[\w.:]+\] .*$/gm) ?? [];

function refused(): string {
    const { status, text } = stack.run("up", ["--yes", "--skip-preview"]);
    expect(status).not.toBe(0);
    const errors = errorsOf(text);
    expect(errors).toHaveLength(1);
    expect(stack.resources()).toEqual([]);
    return String(errors[0]);
}

it.each<[string, Record<string, unknown>, string]>([
    ["an unknown key", { domian: "a.example" }, '[domian] is "a.example"'],
    [
        "a lifetime of 100 days",
        { leaf: { ...leaf, lifetime: "2400h" } },
        '[leaf.lifetime] is "2400h"',
    ],
    [
        "a renewal at the lifetime",
        { leaf: { ...leaf, renewBefore: "2160h" } },
        '[leaf.renewBefore] is "2160h"',
    ],
    ["an empty domain", { domain: "" }, '[domain] is ""'],
    ["a domain with a scheme", { domain: "https://a.example" }, '[domain] is "https://a.example"'],
    ["a domain in upper case", { domain: "A.example" }, '[domain] is "A.example"'],
    ["a domain with a trailing dot", { domain: "a.example." }, '[domain] is "a.example."'],
    [
        "no replicas",
        { gateway: { image: "lab/nginx:1.26", replicas: 0 } },
        "[gateway.replicas] is 0",
    ],
    [
        "an image without a tag",
        { gateway: { image: "lab/nginx", replicas: 2 } },
        '[gateway.image] is "lab/nginx"',
    ],
])("refuses %s", (_case, values, message) => {
    stack.configure(values);
    expect(refused()).toContain(message);
});

it("refuses the KUBECONFIG of another cluster", () => {
    stack.configure({});
    const ours = process.env.KUBECONFIG;
    process.env.KUBECONFIG = kubeconfigOf("other");
    try {
        expect(refused()).toContain(`[cluster] is "${stackConfig().cluster}"; allowed "other"`);
    } finally {
        process.env.KUBECONFIG = ours;
    }
});

describe("after an earlier up", () => {
    const last = {
        pkiAsOf: "2027-01-10",
        pkiWorkloadGeneration: 1,
        pkiWorkloadExpires: "2027-12-31T00:00:00Z",
    };

    it("refuses a CA that ends before a leaf of it would", () => {
        stack.remember({ ...last, pkiWorkloadExpires: "2027-02-01T00:00:00Z" });
        stack.configure({ pki: { ...pki, asOf: "2027-01-10" } });
        expect(refused()).toContain(
            "[pki.asOf] is 2027-01-10; allowed a day on which workload-ca-g1",
        );
    });

    it("refuses to go back behind the state's day", () => {
        stack.remember(last);
        stack.configure({ pki: { ...pki, asOf: "2027-01-09" } });
        expect(refused()).toContain("[pki.asOf] is 2027-01-09; allowed 2027-01-10");
    });

    it("goes on from the state's day", () => {
        stack.remember(last);
        stack.configure({ pki: { ...pki, asOf: "2027-01-10" } });
        expect(stack.run("preview", [])).toMatchObject({ status: 0 });
    });
});

it("lets the same configuration pass with nothing wrong", () => {
    stack.remember({});
    stack.configure({});
    expect(stack.run("preview", [])).toMatchObject({ status: 0 });
});
