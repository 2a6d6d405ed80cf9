import { TlsProfileName } from "../../components/tls/profile";
import { certificateRequireRotation as rule } from "../../policies/rules/certificateRequireRotation";
import { readSettings, ruleContext, settingsSchema } from "../../policies/settings";

it("defaults to the strictest environment", () => {
    expect(readSettings({})).toEqual({
        settings: { profile: TlsProfileName.Modern, environment: "prod", exemptions: [] },
        problems: [],
    });
});

it.each([
    ["lab", "lab"],
    ["staging", "staging"],
    ["acme-eu", "prod"],
    ["", "prod"],
])("takes the environment from the stack %j where none is set: %s", (stack, environment) => {
    expect(readSettings({}, stack).settings.environment).toBe(environment);
    expect(readSettings({ environment: "dev" }, stack).settings.environment).toBe("dev");
    expect(readSettings({ environment: "Dev" }, stack).settings.environment).toBe("prod");
});

it("takes what is allowed", () => {
    const exemptions = [{}];
    expect(readSettings({ profile: "fips", environment: "dev", exemptions })).toEqual({
        settings: { profile: TlsProfileName.Fips, environment: "dev", exemptions },
        problems: [],
    });
});

it.each([
    [{ profile: "weak" }, '[profile] is "weak"; it must be one of modern, fips.'],
    [{ profile: 7 }, "[profile] is 7; it must be one of modern, fips."],
    [
        { environment: "PROD" },
        '[environment] is "PROD"; it must be one of lab, dev, staging, prod.',
    ],
    [{ exemptions: {} }, "[exemptions] must be a list of at most 100."],
    [{ exemptions: Array(101).fill({}) }, "[exemptions] must be a list of at most 100."],
    [
        { exempt: [] },
        "[exempt] is no setting of the pack; known are profile, environment and exemptions.",
    ],
])("refuses %j, and is strict meanwhile", (config, problem) => {
    const { settings, problems } = readSettings(config);
    expect(problems).toEqual([problem]);
    expect(settings.environment).toBe("prod");
    expect(settings.exemptions).toEqual([]);
});

it("has a schema whose defaults are the settings' own", () => {
    const { profile, environment, exemptions } = settingsSchema;
    // The engine would send a default as if it were written, and the stack's name would count for nothing.
    expect(environment).not.toHaveProperty("default");
    expect(readSettings({}).settings).toEqual({
        profile: profile.default,
        environment: "prod",
        exemptions: exemptions.default,
    });
});

const context = (config: Readonly<Record<string, unknown>>) =>
    ruleContext(rule, readSettings({}).settings, config);

it("gives a rule its option, or the default", () => {
    expect(context({}).option("maximumLifetimeHours")).toBe(2160);
    expect(context({ maximumLifetimeHours: 1 }).option("maximumLifetimeHours")).toBe(1);
});

it.each([
    [
        2161,
        "certificate-require-rotation: [maximumLifetimeHours] is 2161; it must be a whole number from 1 to 2160",
    ],
    [
        0,
        "certificate-require-rotation: [maximumLifetimeHours] is 0; it must be a whole number from 1 to 2160",
    ],
    [
        1.5,
        "certificate-require-rotation: [maximumLifetimeHours] is 1.5; it must be a whole number from 1 to 2160",
    ],
    [
        "24",
        'certificate-require-rotation: [maximumLifetimeHours] is "24"; it must be a whole number from 1 to 2160',
    ],
])("refuses an option of %j", (value, message) => {
    expect(() => context({ maximumLifetimeHours: value }).option("maximumLifetimeHours")).toThrow(
        message,
    );
});

it("refuses an option that the rule does not have", () => {
    expect(() => context({ maximumLifetimeDays: 90 })).toThrow(
        "certificate-require-rotation: [maximumLifetimeDays] is no option of the rule",
    );
    expect(() => context({}).option("other")).toThrow("[other] is no option of the rule");
});
