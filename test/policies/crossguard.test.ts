import { packPolicies } from "../../policies/crossguard";
import { rules } from "../../policies/rules";
import type { Rule } from "../../policies/rule";
import { plainConf } from "./nginxConf";
import { configured, Engine, unknown, urnOf, type Diagnostic, type Resource } from "./runtime";

const now = () => new Date("2026-11-24T12:00:00Z");

type Config = Parameters<typeof configured>[1];

const engine = (config: Config = {}, all: readonly Rule[] = rules): Engine =>
    new Engine(configured(packPolicies(all, now), config));

const metadata = { namespace: "n", name: "x" };

const configMap = (data: unknown, name = "conf"): Resource => ({
    type: "kubernetes:core/v1:ConfigMap",
    name,
    props: { apiVersion: "v1", kind: "ConfigMap", metadata, data },
});

const weak = configMap({
    "nginx.conf": plainConf.replace("    ssl_protocols TLSv1.3", "    ssl_protocols TLSv1.2"),
});
const stack: Resource = { type: "pulumi:pulumi:Stack", name: "probe-lab", props: {} };

const summary = ({ policy, level, message }: Diagnostic): string =>
    `${level} ${policy}: ${message.split("\n")[0] ?? ""}`;

const exemption = {
    stack: "lab",
    rule: "nginx-require-tls13",
    urn: urnOf(weak).replace("conf", "co*"),
    reason: "old clients",
    owner: "alice",
    expires: "2026-12-24",
};
const exempting = (change = {}): Config => ({
    "pack-settings": { exemptions: [{ ...exemption, ...change }] },
});

it("passes what is compliant", async () => {
    expect(await engine().analyze(configMap({ "nginx.conf": plainConf }))).toEqual([]);
});

it("says what, where, got, wanted, why and how to fix it", async () => {
    const [found] = await engine().analyze(weak);
    const rule = rules.find(({ name }) => name === "nginx-require-tls13");
    expect(found).toEqual({
        policy: "nginx-require-tls13",
        level: "mandatory",
        urn: urnOf(weak),
        message: `ConfigMap n/x, data["nginx.conf"]:4: got ssl_protocols TLSv1.2; wanted ssl_protocols TLSv1.3.\n${rule?.why ?? ""}\nFix: ${rule?.fix ?? ""}`,
    });
});

it("refuses a value that preview does not know, and no policy turns it into a warning", async () => {
    const spec = { duration: unknown, privateKey: { rotationPolicy: unknown } };
    const certificate = {
        type: "kubernetes:cert-manager.io/v1:Certificate",
        name: "c",
        props: { apiVersion: "cert-manager.io/v1", kind: "Certificate", metadata, spec },
    };
    const found = await engine().analyze(certificate);
    expect(found.map(({ level }) => level)).toEqual(["mandatory", "mandatory"]);
    expect(found.map(({ message }) => message.split(": got ")[0])).toEqual([
        "Certificate n/x, spec.duration",
        "Certificate n/x, spec.privateKey.rotationPolicy",
    ]);
});

it("says once what several checks could not read", async () => {
    const certificate = {
        type: "kubernetes:cert-manager.io/v1:Certificate",
        name: "c",
        props: { metadata, spec: unknown },
    };
    expect((await engine().analyze(certificate)).map(summary)).toEqual([
        "mandatory certificate-require-rotation: Certificate n/x, spec: got a value that preview does not know; wanted a plain value: render it from plain values, not from outputs.",
    ]);
});

it("refuses an nginx configuration that preview does not know, by every rule that would judge it", async () => {
    const found = await engine().analyze(configMap({ "nginx.conf": unknown }));
    expect(found.map(summary)).toEqual(
        ["nginx-forbid-plaintext", "nginx-require-tls13"].map(
            (rule) =>
                `mandatory ${rule}: ConfigMap n/x, data["nginx.conf"]: got a value that preview does not know; wanted a plain value: render it from plain values, not from outputs.`,
        ),
    );
});

it.each([
    ["nginx.conf", ["nginx-forbid-plaintext", "nginx-require-tls13"]],
    ["settings", ["config-require-known-text"]],
])("lets %s in a Secret wait, and names it", async (key, undecided) => {
    const secret = {
        type: "kubernetes:core/v1:Secret",
        name: "s",
        props: { metadata, stringData: { [key]: unknown, known: "x" } },
    };
    const place = /\W/.test(key) ? `[${JSON.stringify(key)}]` : `.${key}`;
    expect((await engine().analyze(secret)).map(summary)).toEqual(
        undecided.map(
            (rule) =>
                `advisory ${rule}: undecided: Secret n/x, stringData${place}: preview does not know it; it is judged in \`up\`, before the object is created.`,
        ),
    );
});

it("judges a stack, and names the resource", async () => {
    const pod = (volumes: unknown[]): Resource => ({
        type: "kubernetes:core/v1:Pod",
        name: "gateway",
        props: {
            metadata,
            spec: {
                containers: [{ image: "nginx", volumeMounts: [{ name: "c", mountPath: "/x" }] }],
                volumes,
            },
        },
    });
    const good = configMap({ "nginx.conf": plainConf });
    expect(
        await engine().analyzeStack([stack, good, pod([{ name: "c", configMap: { name: "x" } }])]),
    ).toEqual([]);
    expect(await engine().analyzeStack([stack, good, pod([])])).toEqual([
        expect.objectContaining({
            policy: "nginx-require-known-config",
            level: "mandatory",
            urn: urnOf(pod([])),
        }),
    ]);
});

it("reports a rule that fails as a violation, without what it read", async () => {
    const broken: Rule = {
        name: "a-rule",
        severity: "low",
        why: "Why.",
        fix: "Fix.",
        checks: [
            () => {
                throw new TypeError("S3CR3T");
            },
        ],
    };
    expect((await engine({}, [broken]).analyze(weak)).map(summary)).toEqual([
        "mandatory a-rule: ConfigMap n/x, the object: got something that the rule cannot read (TypeError); wanted an object of its kind's schema.",
    ]);
});

it("does not judge an update by what a preview read", async () => {
    const same = engine();
    expect(await same.analyze(configMap({ "nginx.conf": unknown }))).toHaveLength(2);
    expect(await same.analyze(configMap({ "nginx.conf": plainConf }))).toEqual([]);
    expect(await same.analyze(weak)).toHaveLength(1);
});

describe("settings", () => {
    it("choose the profile", async () => {
        const chacha = configMap({
            "nginx.conf": plainConf.replaceAll(
                "TLS_AES_128_GCM_SHA256",
                "TLS_CHACHA20_POLY1305_SHA256",
            ),
        });
        expect(await engine().analyze(chacha)).toEqual([]);
        expect(await engine({ "pack-settings": { profile: "fips" } }).analyze(chacha)).toHaveLength(
            2,
        );
    });

    it("that are wrong are a violation of the stack", async () => {
        const wrong = engine({ "pack-settings": { profile: "weak", exemptions: [{}] } });
        expect(
            (await wrong.analyze(stack)).map(
                ({ level, message }) => `${level} ${message.split("\n")[1] ?? ""}`,
            ),
        ).toEqual([
            'mandatory [profile] is "weak"; it must be one of modern, fips.',
            'mandatory [exemptions[0]] has no "stack".',
        ]);
        expect(await wrong.analyze(weak)).not.toEqual([]);
    });

    it("of a rule that are out of bounds stop the rule", async () => {
        const certificate = {
            type: "kubernetes:cert-manager.io/v1:Certificate",
            name: "c",
            props: { metadata, spec: {} },
        };
        const lax = engine({ "certificate-require-rotation": { maximumLifetimeHours: 9999 } });
        expect((await lax.analyze(certificate)).map(({ level }) => level)).toContain("mandatory");
    });
});

describe("an exemption", () => {
    it("makes a violation advisory, with its owner and reason", async () => {
        const [found, ...others] = await engine(exempting()).analyze(weak);
        expect(others).toEqual([]);
        expect(found).toMatchObject({ policy: "nginx-require-tls13", level: "advisory" });
        expect(found?.message).toMatch(
            /^exempted until 2026-12-24 by alice: old clients\nConfigMap n\/x, data\["nginx.conf"\]:4: got ssl_protocols TLSv1.2;/,
        );
    });

    it.each([
        ["for another rule", { rule: "nginx-forbid-plaintext" }],
        ["for another resource", { urn: exemption.urn.replace("co*", "other") }],
        ["for another stack", { stack: "dev", urn: exemption.urn.replace(":lab:", ":dev:") }],
        ["that has expired", { expires: "2026-11-23" }],
    ])("%s changes nothing", async (_name, change) => {
        expect((await engine(exempting(change)).analyze(weak)).map(({ level }) => level)).toEqual([
            "mandatory",
        ]);
    });

    it("that has expired is a violation of the stack", async () => {
        const [found] = await engine(exempting({ expires: "2026-11-23" })).analyze(stack);
        expect(found).toMatchObject({ policy: "pack-settings", level: "mandatory" });
        expect(found?.message).toContain(
            "[exemptions[0]] expired on 2026-11-23: fix the violation or decide anew.",
        );
    });

    it("that meets nothing in its own stack is a violation, and one that met something or is another stack's is not", async () => {
        const unmet = engine(exempting());
        expect(
            (await unmet.analyzeStack([stack])).map(({ policy, level, message }) => [
                policy,
                level,
                message.split("\n")[1],
            ]),
        ).toEqual([
            [
                "exemption-require-match",
                "mandatory",
                `The exemption from nginx-require-tls13 for ${exemption.urn} meets no violation. Fix: remove it.`,
            ],
        ]);
        const met = engine(exempting());
        await met.analyze(weak);
        expect(await met.analyzeStack([stack, weak])).toEqual([]);
        const other = engine(
            exempting({ stack: "dev", urn: exemption.urn.replace(":lab:", ":dev:") }),
        );
        expect(await other.analyzeStack([stack])).toEqual([]);
    });
});
