import { judgeSubject } from "../../policies/judge";
import { pulumiSubjects } from "../../policies/pulumiSubject";
import { certificateRequireRotation as rule } from "../../policies/rules/certificateRequireRotation";
import { readSettings, ruleContext } from "../../policies/settings";
import { judge, subject } from "./judging";
import { previewed, unknown } from "./runtime";

const leaf = {
    secretName: "api-server",
    duration: "2160h",
    renewBefore: "720h",
    privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
    issuerRef: { name: "internal-ca", kind: "ClusterIssuer" },
};
const ca = { ...leaf, isCA: true, privateKey: { rotationPolicy: "Never" } };

const certificate = (spec: unknown, version = "v1", more = {}) =>
    subject({
        group: "cert-manager.io",
        version,
        kind: "Certificate",
        name: "api-server",
        properties: { spec },
        ...more,
    });

const judged = (spec: unknown, config = {}) =>
    judge(rule, certificate(spec), config).map(({ at, got }) => `${at}: ${got}`);

it.each<[name: string, spec: unknown]>([
    ["a leaf", leaf],
    ["a CA", ca],
    ["90 days in minutes", { ...leaf, duration: "129600m" }],
    ["the default duration", { ...leaf, duration: undefined }],
    ["a duration of null, which is absent", { ...leaf, duration: null }],
    ["no renewBefore, which means a third", { ...leaf, renewBefore: undefined }],
    ["a percentage", { ...leaf, renewBefore: undefined, renewBeforePercentage: 34 }],
    ["an explicit renewal", { ...leaf, renewal: { policy: "RenewBefore" } }],
    ["isCA false", { ...leaf, isCA: false }],
    ["a CA of a year", { ...ca, duration: "8760h" }],
])("accepts %s", (_name, spec) => {
    expect(judged(spec)).toEqual([]);
});

it.each<[name: string, spec: unknown, found: string]>([
    [
        "a day as a unit",
        { ...leaf, duration: "90d" },
        "spec.duration: duration 90d, which is no Go duration",
    ],
    ["a second over", { ...leaf, duration: "2160h0m1s" }, "spec.duration: duration 2160h0m1s"],
    ["100 days", { ...leaf, duration: "2400h" }, "spec.duration: duration 2400h"],
    [
        "a number",
        { ...leaf, duration: 2160 },
        "spec.duration: duration 2160, which is no Go duration",
    ],
    [
        "no time at all",
        { ...leaf, duration: "0", renewBefore: undefined },
        "spec.duration: duration 0",
    ],
    [
        "a time before",
        { ...leaf, duration: "-2160h", renewBefore: undefined },
        "spec.duration: duration -2160h",
    ],
    [
        "a renewal after the end",
        { ...leaf, renewBefore: "2160h" },
        "spec.renewBefore: renewBefore 2160h",
    ],
    ["a renewal at the end", { ...leaf, renewBefore: "0s" }, "spec.renewBefore: renewBefore 0s"],
    [
        "a renewal after the default's end",
        { ...leaf, duration: undefined, renewBefore: "2161h" },
        "spec.renewBefore: renewBefore 2161h",
    ],
    ["a renewal in days", { ...leaf, renewBefore: "30d" }, "spec.renewBefore: renewBefore 30d"],
    [
        "a percentage of nothing",
        { ...leaf, renewBefore: undefined, renewBeforePercentage: 0 },
        "spec.renewBeforePercentage: renewBeforePercentage 0",
    ],
    [
        "a percentage of all",
        { ...leaf, renewBefore: undefined, renewBeforePercentage: 100 },
        "spec.renewBeforePercentage: renewBeforePercentage 100",
    ],
    [
        "a percentage as text",
        { ...leaf, renewBefore: undefined, renewBeforePercentage: "34" },
        "spec.renewBeforePercentage: renewBeforePercentage 34",
    ],
    [
        "both",
        { ...leaf, renewBeforePercentage: 34 },
        "spec.renewBeforePercentage: renewBeforePercentage 34 beside renewBefore",
    ],
    [
        "a leaf that keeps its key",
        { ...leaf, privateKey: { rotationPolicy: "Never" } },
        "spec.privateKey.rotationPolicy: rotationPolicy Never",
    ],
    [
        "raised case",
        { ...leaf, privateKey: { rotationPolicy: "ALWAYS" } },
        "spec.privateKey.rotationPolicy: rotationPolicy ALWAYS",
    ],
    [
        "a policy that depends on the version",
        { ...leaf, privateKey: {} },
        "spec.privateKey.rotationPolicy: no rotationPolicy, which means Always or Never by cert-manager's version",
    ],
    [
        "no private key",
        { ...leaf, privateKey: null },
        "spec.privateKey.rotationPolicy: no rotationPolicy, which means Always or Never by cert-manager's version",
    ],
    [
        "a CA that changes its key",
        { ...ca, privateKey: { rotationPolicy: "Always" } },
        "spec.privateKey.rotationPolicy: rotationPolicy Always",
    ],
    [
        "a CA by default",
        { ...ca, privateKey: undefined },
        "spec.privateKey.rotationPolicy: no rotationPolicy, which means Always or Never by cert-manager's version",
    ],
    ["a CA over a year", { ...ca, duration: "8761h" }, "spec.duration: duration 8761h"],
    ["isCA as text", { ...leaf, isCA: "false" }, "spec.isCA: isCA false"],
    [
        "renewal disabled",
        { ...leaf, renewal: { policy: "Disabled" } },
        "spec.renewal: renewal.policy Disabled",
    ],
    [
        "renewal disabled in lower case",
        { ...leaf, renewal: { policy: "renewBefore" } },
        "spec.renewal: renewal.policy renewBefore",
    ],
    [
        "renewal without a policy",
        { ...leaf, renewal: {} },
        "spec.renewal: renewal without a policy",
    ],
    [
        "renewal in windows",
        {
            ...leaf,
            renewal: {
                policy: "RenewBefore",
                windows: [{ cron: "0 0 29 2 *", windowDuration: "1h" }],
            },
        },
        "spec.renewal.windows: renewal only in windows",
    ],
    [
        "an empty spec",
        {},
        "spec.privateKey.rotationPolicy: no rotationPolicy, which means Always or Never by cert-manager's version",
    ],
    [
        "no spec",
        null,
        "spec.privateKey.rotationPolicy: no rotationPolicy, which means Always or Never by cert-manager's version",
    ],
])("refuses %s", (_name, spec, found) => {
    expect(judged(spec)).toEqual([found]);
});

it("says what would be right", () => {
    expect(judge(rule, certificate({ ...leaf, duration: "90d" }))).toEqual([
        {
            at: "spec.duration",
            got: "duration 90d, which is no Go duration",
            wanted: "a Go duration from 1h to 2160h",
        },
    ]);
    expect(judge(rule, certificate({ ...ca, privateKey: {} }))[0]?.wanted).toBe(
        "rotationPolicy Never: a CA's key outlives its certificate",
    );
});

it.each(["v1", "v1beta1", "v1alpha3", "v1alpha2"])("judges %s", (version) => {
    expect(judge(rule, certificate({ ...leaf, duration: "90d" }, version))).toHaveLength(1);
    expect(judge(rule, certificate(leaf, version))).toEqual([]);
});

it("judges the group's old name", () => {
    const old = { group: "certmanager.k8s.io" };
    expect(judge(rule, certificate({ ...leaf, duration: "90d" }, "v1alpha1", old))).toHaveLength(1);
    expect(judge(rule, certificate(leaf, "v1alpha1", old))).toEqual([]);
});

it("judges the certificate that an Ingress or a Gateway makes", () => {
    const ingress = (
        annotations: Readonly<Record<string, string>>,
        kind = "Ingress",
        group = "networking.k8s.io",
    ) =>
        judge(rule, subject({ group, kind, properties: { metadata: { annotations } } })).map(
            ({ at, got }) => `${at}: ${got}`,
        );
    const good = {
        "cert-manager.io/cluster-issuer": "internal-ca",
        "cert-manager.io/private-key-rotation-policy": "Always",
        "cert-manager.io/renew-before-percentage": "34",
    };
    expect(ingress(good)).toEqual([]);
    expect(ingress({ ...good, "cert-manager.io/duration": "90d" })).toEqual([
        'metadata.annotations["cert-manager.io/duration"]: duration 90d, which is no Go duration',
    ]);
    expect(
        ingress({ "cert-manager.io/issuer": "x" }, "Gateway", "gateway.networking.k8s.io"),
    ).toEqual([expect.stringContaining("no rotationPolicy")]);
    expect(ingress({ "cert-manager.io/duration": "90d" })).toEqual([]);
});

it("takes what a patch leaves out as what is there", () => {
    const patch = (spec: unknown) =>
        judge(rule, certificate(spec, "v1", { partial: true })).map(({ got }) => got);
    expect(patch({ secretName: "x" })).toEqual([]);
    expect(patch({ duration: "90d" })).toEqual(["duration 90d, which is no Go duration"]);
    expect(patch({ privateKey: { rotationPolicy: "Never" } })).toEqual(["rotationPolicy Never"]);
});

it("has nothing to say about other kinds and other groups", () => {
    expect(
        judge(
            rule,
            subject({ group: "example.org", kind: "Certificate", properties: { spec: {} } }),
        ),
    ).toEqual([]);
    expect(
        judge(
            rule,
            subject({ group: "cert-manager.io", kind: "Issuer", properties: { spec: {} } }),
        ),
    ).toEqual([]);
});

it("is stricter where an environment says so, and never laxer", () => {
    const days47 = { rule: { maximumLifetimeHours: 1128 } };
    expect(judged({ ...leaf, duration: "1128h" }, days47)).toEqual([]);
    expect(judged(leaf, days47)).toEqual(["spec.duration: duration 2160h"]);
    expect(judged({ ...leaf, duration: undefined }, days47)).toEqual([
        "spec.duration: no duration, which means 2160h",
    ]);
    expect(judged(leaf, { rule: { maximumLifetimeHours: 2161 } })).toEqual([
        "the object: something that the rule cannot read (Error)",
    ]);
});

describe("what preview does not know", () => {
    const context = ruleContext(rule, readSettings({}).settings, {});
    const found = (spec: unknown): string[] =>
        pulumiSubjects({
            type: "kubernetes:cert-manager.io/v1:Certificate",
            name: "x",
            props: previewed({ spec }),
        })
            .flatMap((certificate) => judgeSubject(rule, certificate, context))
            .map(({ outcome, violation: { at, got } }) => `${outcome} ${at}: ${got}`);
    const not = "a value that preview does not know";

    it.each<[string, unknown, string]>([
        ["the duration", { ...leaf, duration: unknown }, "spec.duration"],
        ["the renewal", { ...leaf, renewBefore: unknown }, "spec.renewBefore"],
        [
            "the policy",
            { ...leaf, privateKey: { rotationPolicy: unknown } },
            "spec.privateKey.rotationPolicy",
        ],
    ])("is a violation: %s", (_name, spec, at) => {
        expect(found(spec)).toEqual([`violation ${at}: ${not}`]);
    });

    it("is a violation of every check where it is the spec", () => {
        expect(new Set(found(unknown))).toEqual(new Set([`violation spec: ${not}`]));
    });

    it("does not hide what is known", () => {
        expect(
            found({ ...leaf, duration: unknown, privateKey: { rotationPolicy: "Never" } }),
        ).toEqual([
            `violation spec.duration: ${not}`,
            "violation spec.privateKey.rotationPolicy: rotationPolicy Never",
        ]);
    });

    it("does no harm in a field that no check reads", () => {
        expect(found({ ...leaf, secretName: unknown })).toEqual([]);
    });
});
