import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { pulumi, root, type Run } from "./pulumi";

/**
 * The real engine runs components/ as a plugin, for a program that knows nothing of the library's sources: as the SDK of any other
 * language it asks for a component by its token, and the plugin makes it.
 */
const name = "engine-package";
const folder = mkdtempSync(join(tmpdir(), `${name}-`));
const env = { PULUMI_CONFIG_PASSPHRASE: "package" };

const run = (...args: string[]): Run => pulumi([...args, "--stack", "test"], env, folder);

function must(...args: string[]): string {
    const { status, text } = run(...args);
    if (status !== 0) throw new Error(text);
    return text;
}

const prelude = `
const pulumi = require("@pulumi/pulumi");
const k8s = require("@pulumi/kubernetes");
class Thing extends pulumi.ComponentResource {
    constructor(type, name, args, opts) {
        super("encryption-in-transit:index:" + type, name, args, opts, true);
    }
}
`;
const program = (text: string): void => {
    writeFileSync(join(folder, "index.js"), `${prelude}${text}`);
};

beforeAll(() => {
    const project = {
        name,
        runtime: "nodejs",
        main: "index.js",
        plugins: {
            providers: [{ name: "encryption-in-transit", path: join(root, "components") }],
        },
    };
    writeFileSync(join(folder, "Pulumi.yaml"), stringify(project));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name }));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    // What a run that was killed left behind.
    run("stack", "rm", "--yes", "--force");
    must("stack", "init");
});
afterAll(() => {
    must("state", "unprotect", "--all", "--yes");
    must("destroy", "--yes", "--skip-preview");
    must("stack", "rm", "--yes");
    rmSync(folder, { recursive: true });
});

interface Resource {
    readonly urn: string;
    readonly type: string;
    readonly parent?: string;
    readonly inputs?: Readonly<Record<string, unknown>>;
    readonly outputs?: Readonly<Record<string, unknown>>;
}

const exported = (): { readonly text: string; readonly resources: readonly Resource[] } => {
    const text = must("stack", "export");
    const { deployment } = JSON.parse(text) as { deployment: { resources?: Resource[] } };
    return { text, resources: deployment.resources ?? [] };
};

/** Private keys in a text, as PEM or in base64. */
const keysIn = (text: string): string[] =>
    [text, ...(text.match(/[A-Za-z0-9+/=]{100,}/g) ?? []).map((one) => fromBase64(one))].flatMap(
        (one) => one.match(/BEGIN [A-Z ]*PRIVATE KEY/g) ?? [],
    );

const fromBase64 = (base64: string): string => Buffer.from(base64, "base64").toString();

/** What is in the state, the engine's own aside. */
const made = (): readonly string[] =>
    exported()
        .resources.filter(({ type }) => !type.startsWith("pulumi:"))
        .map(({ type, urn }) => `${type} ${String(urn.split("::").at(-1))}`)
        .sort();

const leaf = (change: string): string => `
const issuance = {
    issuerName: "internal-ca",
    issuerKind: "ClusterIssuer",
    lifetimeHours: 2160,
    renewBeforeHours: 720,
    algorithm: "ECDSA-P256",
};
const leaf = { namespace: "shop", service: "api", usage: "server", issuance };
${change};
new Thing("WorkloadCertificate", "leaf", leaf);
`;

it("previews a component as the library makes it", () => {
    program(leaf("leaf.hosts = ['api.example.org']"));
    const { status, text } = run("preview", "--diff");
    expect({ status, text }).toMatchObject({ status: 0 });
    expect(text).toContain(
        `encryption-in-transit:index:WorkloadCertificate$kubernetes:cert-manager.io/v1:Certificate::leaf`,
    );
    for (const line of ['"api.shop.svc"', '"api.example.org"', '"server auth"', '"2160h"'])
        expect(text).toContain(line);
});

it.each([
    // What the package sees, since no compiler did.
    ["delete leaf.usage", "[usage] is missing"],
    ["leaf.comonName = 'api'", "[comonName] is unknown; allowed namespace, service, usage"],
    ["issuance.algorithm = 'RSA-1024'", '[issuance.algorithm] is "RSA-1024"; allowed ECDSA-P256'],
    [
        "leaf.namespace = new k8s.core.v1.Namespace('shop', { metadata: { name: 'shop' } }).metadata.name",
        "[namespace] is an output; allowed a value that the program itself knows",
    ],
    // What the component sees.
    [
        "issuance.lifetimeHours = 2400",
        "[lifetimeHours] is 2400 (100 days); a leaf may live at most 2160 (90 days)",
    ],
    ["leaf.hosts = ['*.example.org']", '[hosts] is "*.example.org"'],
])("refuses %s", (change, message) => {
    program(leaf(change));
    const { status, text } = run("preview", "--diff");
    expect(status).not.toBe(0);
    expect(text).toContain(message);
    expect(text).not.toContain("cert-manager.io/v1:Certificate::leaf");
});

it("makes components, of which one uses what another hands out, and no key leaves them", () => {
    program(`
const namespace = new k8s.core.v1.Namespace("${name}", { metadata: { name: "${name}" } });
class Authority extends Thing {
    constructor(name, args, opts) {
        super("CertificateAuthority", name, { ...args, rootCertificatesPem: undefined, secretName: args.secretName }, opts);
    }
}
const authority = new Authority("shop", {
    organization: "shop.example.org",
    rootMode: "managed",
    secretNamespace: namespace.metadata.name,
    secretName: "shop-ca",
    roots: [{ generation: 1, isCurrent: true }],
    intermediates: [{ generation: 1, rootGeneration: 1, isIssuing: true }],
});
new Thing("TrustBundle", "shop-trust", {
    bundleName: "shop-trust",
    namespaces: ["${name}"],
    rootCertificatesPem: authority.rootCertificatesPem,
}, { dependsOn: namespace });
exports.roots = authority.rootCertificatesPem;
`);
    must("up", "--yes", "--skip-preview");
    expect(made()).toEqual(
        [
            "encryption-in-transit:index:CertificateAuthority shop",
            "encryption-in-transit:index:TrustBundle shop-trust",
            `kubernetes:core/v1:ConfigMap shop-trust-${name}`,
            `kubernetes:core/v1:Namespace ${name}`,
            "kubernetes:core/v1:Secret shop-ca",
            "tls:index/certRequest:CertRequest shop-ca-g1",
            "tls:index/locallySignedCert:LocallySignedCert shop-ca-g1",
            "tls:index/privateKey:PrivateKey shop-ca-g1",
            "tls:index/privateKey:PrivateKey shop-root-g1",
            "tls:index/selfSignedCert:SelfSignedCert shop-root-g1",
        ].sort(),
    );
    const { text, resources } = exported();
    const bundle = resources.find(({ type }) => type === "kubernetes:core/v1:ConfigMap");
    const [pem] = JSON.parse(must("stack", "output", "roots")) as string[];
    expect(pem).toMatch(/^-----BEGIN CERTIFICATE-----/);
    expect(bundle?.inputs?.data).toEqual({ "ca.crt": `${String(pem).trim()}\n` });
    // In the state they are, for whoever has its passphrase.
    expect(keysIn(text)).toEqual([]);
    expect(keysIn(must("stack", "export", "--show-secrets"))).not.toEqual([]);
    expect(run("preview", "--expect-no-changes")).toMatchObject({ status: 0 });
});
