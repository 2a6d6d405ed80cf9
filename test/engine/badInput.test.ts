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

const tenant = { name: "orders", namespaces: ["orders"], group: "orders-team", hosts: [] };
const other = { name: "billing", namespaces: ["billing"], group: "billing-team", hosts: [] };

/** Tenants, and somebody who may change the platform beside them. */
const team = (...tenants: readonly object[]) => ({
    tenants,
    administrators: { groups: ["platform-administrators"] },
});

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
    [
        "a tenant twice",
        team(tenant, { ...other, name: "orders" }),
        '[tenants.1.name] is "orders"; allowed each tenant once',
    ],
    [
        "a host given twice",
        team({ ...tenant, hosts: ["a.example.com"] }, { ...other, hosts: ["a.example.com"] }),
        '[tenants.1.hosts.0] is "a.example.com"; allowed each host once',
    ],
    [
        "hosts of which one lies below the other",
        team({ ...tenant, hosts: ["example.com"] }, { ...other, hosts: ["a.example.com"] }),
        '[tenants.1.hosts.0] is "a.example.com"; allowed hosts that are not',
    ],
    [
        "a namespace of 64 characters",
        team({ ...tenant, namespaces: ["n".repeat(64)] }),
        `[tenants.0.namespaces.0] is "${"n".repeat(64)}"`,
    ],
    [
        "a namespace of 64 characters for the platform itself",
        { namespace: "n".repeat(64) },
        `[namespace] is "${"n".repeat(64)}"`,
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

it.each<[string, Record<string, unknown>]>([
    ["with nothing wrong", {}],
    [
        "with two tenants that have names of their own",
        team(
            { ...tenant, hosts: ["a.example.com"], namespaces: ["n".repeat(63)] },
            { ...other, hosts: ["b.example.com"] },
        ),
    ],
])("lets the same configuration pass %s", (_case, values) => {
    stack.remember({});
    stack.configure(values);
    expect(stack.run("preview", [])).toMatchObject({ status: 0 });
});
