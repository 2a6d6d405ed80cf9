import { packPolicies } from "../../policies/crossguard";
import { judgeSubject } from "../../policies/judge";
import { pulumiSubjects } from "../../policies/pulumiSubject";
import { rootForbidManaged as rule } from "../../policies/rules/rootForbidManaged";
import { readSettings, ruleContext } from "../../policies/settings";
import { judge, subject } from "./judging";
import { configured, Engine, previewed, unknown } from "./runtime";

const authority = (kind: string, isCaCertificate: unknown = true, group = "tls") =>
    subject({ group, version: "", kind, name: "a", properties: { isCaCertificate } });

const judged = (environment: string, kind: string, isCaCertificate: unknown = true) =>
    judge(rule, authority(kind, isCaCertificate), { pack: { environment } });

it.each(["staging", "prod"])("refuses a root that is made in %s, and says why", (environment) => {
    expect(judged(environment, "SelfSignedCert")).toEqual([
        {
            at: "isCaCertificate",
            got: "a root that is made here, so that its key lies in the state",
            wanted: `in ${environment} a root on a machine of its own, which signs requests`,
        },
    ]);
});

it.each(["staging", "prod"])("refuses an intermediate that is signed in %s", (environment) => {
    expect(judged(environment, "LocallySignedCert").map(({ got }) => got)).toEqual([
        "an authority that is signed here, so that its root's key lies in the state",
    ]);
});

it.each(["lab", "dev"])("lets both be made in %s", (environment) => {
    expect(judged(environment, "SelfSignedCert")).toEqual([]);
    expect(judged(environment, "LocallySignedCert")).toEqual([]);
});

it.each([false, undefined, null])("lets a certificate of no authority be made: %s", (flag) => {
    expect(
        judge(rule, { ...authority("SelfSignedCert"), properties: { isCaCertificate: flag } }),
    ).toEqual([]);
    expect(judged("prod", "SelfSignedCert", flag ?? false)).toEqual([]);
});

it.each(["true", "false", 1, "yes"])("does not guess what %j means", (flag) => {
    expect(judged("prod", "SelfSignedCert", flag)).toHaveLength(1);
});

it("lets keys and requests be made, which is what an offline root needs", () => {
    expect(judged("prod", "PrivateKey")).toEqual([]);
    expect(judged("prod", "CertRequest")).toEqual([]);
});

it("has nothing to say about other packages", () => {
    const other = authority("SelfSignedCert", true, "example");
    expect(judge(rule, other, { pack: { environment: "prod" } })).toEqual([]);
});

describe("in Pulumi", () => {
    const type = "tls:index/selfSignedCert:SelfSignedCert";
    const root = { type, name: "workload-root-g1", props: { isCaCertificate: true } };

    it("refuses what preview does not know", () => {
        const context = ruleContext(rule, readSettings({ environment: "prod" }).settings, {});
        const props = previewed({ isCaCertificate: unknown });
        const found = pulumiSubjects({ ...root, props }).flatMap((one) =>
            judgeSubject(rule, one, context),
        );
        expect(found.map(({ outcome, violation }) => [outcome, violation.at])).toEqual([
            ["violation", "isCaCertificate"],
        ]);
    });

    /** The rule's name where it refuses the root. */
    const refusals = async (stack: string, settings: object = {}) => {
        const policies = packPolicies([rule], () => new Date("2026-11-24T12:00:00Z"));
        const config = { "pack-settings": settings as Readonly<Record<string, unknown>> };
        const found = await new Engine(configured(policies, config), stack).analyze(root);
        return found.map(({ policy, level }) => `${level} ${policy}`);
    };
    const refused = ["mandatory root-forbid-managed"];

    it.each<[stack: string, found: string[]]>([
        ["lab", []],
        ["dev", []],
        ["staging", refused],
        ["prod", refused],
        ["acme-eu", refused],
        ["development", refused],
        ["Lab", refused],
    ])("takes the stack %s for what it is called, and another for production", async (...given) => {
        const [stack, found] = given;
        expect(await refusals(stack)).toEqual(found);
    });

    it("believes the pack's settings before the name", async () => {
        expect(await refusals("acme-eu", { environment: "dev" })).toEqual([]);
        expect(await refusals("dev", { environment: "prod" })).toEqual(refused);
    });

    it("is not exempt from in staging and prod, and may be elsewhere", () => {
        expect(rule.noExemptionIn).toEqual(["staging", "prod"]);
    });
});
