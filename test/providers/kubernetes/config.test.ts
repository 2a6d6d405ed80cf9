import { checkConfig, settingsOf } from "../../../lab/providers/kubernetes/config";

const reasons = (news: Parameters<typeof checkConfig>[0]) =>
    (checkConfig(news).failures ?? []).map(({ reason }) => reason);

it("takes what it supports, as the SDK sends it", () => {
    const news = {
        version: "4.34.2",
        kubeconfig: "/kube/config",
        context: "lab",
        namespace: "apps",
        enableServerSideApply: "true",
        enableConfigMapMutable: "true",
        deleteUnreachable: false,
    };
    expect(reasons(news)).toEqual([]);
    expect(settingsOf(news, {})).toEqual({
        kubeconfig: "/kube/config",
        context: "lab",
        cluster: undefined,
        namespace: "apps",
        deleteUnreachable: false,
        enablePatchForce: false,
        upsertExistingObjects: false,
        suppressDeprecationWarnings: false,
        mutable: { configMaps: true, secrets: false },
    });
});

it.each(["enableServerSideApply", "alwaysRender", "skipUpdateUnreachable", "strictMode"])(
    "refuses %s where it asks for what is not there",
    (name) => {
        const harmless = name === "enableServerSideApply";
        expect(reasons({ [name]: String(harmless) })).toEqual([]);
        expect(reasons({ [name]: String(!harmless) })).toEqual([
            `[${name}] is not supported by the lab's kubernetes provider; the official plugin has it`,
        ]);
    },
);

it.each(["renderYamlToDirectory", "helmReleaseSettings", "kubeClientSettings"])(
    "refuses %s",
    (name) => {
        expect(reasons({ [name]: "{}" })).toEqual([
            `[${name}] is not supported by the lab's kubernetes provider; the official plugin has it`,
        ]);
    },
);

it("refuses a setting that nobody knows, and a switch that is none", () => {
    expect(reasons({ kubconfig: "x" })[0]).toMatch(
        /^\[kubconfig\] is no setting of the kubernetes provider; known are .*\bkubeconfig\b/,
    );
    expect(reasons({ deleteUnreachable: "maybe" })).toEqual([
        '[deleteUnreachable] is "maybe"; it takes true or false',
    ]);
});

it("reads switches from the environment where they are not given", () => {
    const env = { PULUMI_K8S_DELETE_UNREACHABLE: "true" };
    expect(settingsOf({}, env).deleteUnreachable).toBe(true);
    expect(settingsOf({ deleteUnreachable: "false" }, env).deleteUnreachable).toBe(false);
});
