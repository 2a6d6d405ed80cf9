import type { CheckResult, Failure } from "../resource";
import { isAbsent } from "../resource";
import { Secret, Unknown, type Properties, type Value } from "../value";
import type { Mutability } from "./immutable";

/** The provider's configuration, checked. */
export interface Settings {
    /** Path of a kubeconfig, or its text; undefined means KUBECONFIG or ~/.kube/config. */
    readonly kubeconfig: string | undefined;
    readonly context: string | undefined;
    readonly cluster: string | undefined;
    /** Where objects without a namespace go; undefined means the context's, else `default`. */
    readonly namespace: string | undefined;
    readonly deleteUnreachable: boolean;
    readonly enablePatchForce: boolean;
    readonly upsertExistingObjects: boolean;
    readonly suppressDeprecationWarnings: boolean;
    readonly mutable: Mutability;
}

const texts = ["kubeconfig", "context", "cluster", "namespace", "clusterIdentifier"] as const;

/** Switches, with the environment variable that the official plugin reads where the switch is not given. */
const switches = {
    deleteUnreachable: "PULUMI_K8S_DELETE_UNREACHABLE",
    enableConfigMapMutable: "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE",
    enablePatchForce: "PULUMI_K8S_ENABLE_PATCH_FORCE",
    enableSecretMutable: "PULUMI_K8S_ENABLE_SECRET_MUTABLE",
    suppressDeprecationWarnings: "PULUMI_K8S_SUPPRESS_DEPRECATION_WARNINGS",
    // Warns of nothing that this provider would take: there is nothing to suppress.
    suppressHelmHookWarnings: "PULUMI_K8S_SUPPRESS_HELM_HOOK_WARNINGS",
    upsertExistingObjects: "PULUMI_K8S_UPSERT_EXISTING_OBJECTS",
} as const;

/** What the official plugin knows beyond this one, and the value that asks for nothing. */
const unsupported: Readonly<Record<string, string>> = {
    alwaysRender: "false",
    enableServerSideApply: "true",
    helmReleaseSettings: "",
    kubeClientSettings: "",
    renderYamlToDirectory: "",
    skipUpdateUnreachable: "false",
    strictMode: "false",
};

/** What the engine itself adds. */
const engines: ReadonlySet<string> = new Set([
    "version",
    "pluginDownloadURL",
    "__internal",
    "pluginChecksums",
]);

/** Judges the configuration: every key that is not supported is named, none is passed over. */
export function checkConfig(news: Properties): CheckResult {
    const failures = Object.entries(news)
        .filter(([name, value]) => !engines.has(name) && !isAbsent(value))
        .flatMap(([name, value]) => failureOf(name, value));
    return { inputs: news, failures };
}

function failureOf(name: string, wrapped: Value): Failure[] {
    const value = wrapped instanceof Secret ? wrapped.value : wrapped;
    if (value instanceof Unknown) return [];
    const fail = (reason: string): Failure[] => [{ property: name, reason: `[${name}] ${reason}` }];
    if (texts.some((known) => known === name)) {
        return typeof value === "string" ? [] : fail("must be a string");
    }
    if (name in switches) {
        return isSwitch(value) ? [] : fail(`is ${JSON.stringify(value)}; it takes true or false`);
    }
    const harmless = unsupported[name];
    if (harmless === undefined) {
        return fail(`is no setting of the kubernetes provider; known are ${known.join(", ")}`);
    }
    if (harmless !== "" && (typeof value === "boolean" ? String(value) : value) === harmless)
        return [];
    return fail("is not supported by the lab's kubernetes provider; the official plugin has it");
}

const known = [...texts, ...Object.keys(switches), ...Object.keys(unsupported)].sort();

const isSwitch = (value: Value): boolean =>
    typeof value === "boolean" || value === "true" || value === "false";

/** Reads a checked configuration. */
export function settingsOf(args: Properties, env: NodeJS.ProcessEnv = process.env): Settings {
    const text = (name: (typeof texts)[number]) => textOf(args[name]);
    const on = (name: keyof typeof switches) =>
        (textOf(args[name]) ?? env[switches[name]] ?? "false") === "true";
    return {
        kubeconfig: text("kubeconfig"),
        context: text("context"),
        cluster: text("cluster"),
        namespace: text("namespace"),
        deleteUnreachable: on("deleteUnreachable"),
        enablePatchForce: on("enablePatchForce"),
        upsertExistingObjects: on("upsertExistingObjects"),
        suppressDeprecationWarnings: on("suppressDeprecationWarnings"),
        mutable: { configMaps: on("enableConfigMapMutable"), secrets: on("enableSecretMutable") },
    };
}

/** The text of a setting; the SDK sends a switch as the text of its JSON. */
function textOf(value: Value | undefined): string | undefined {
    if (value instanceof Secret) return textOf(value.value);
    if (typeof value === "boolean") return String(value);
    return typeof value === "string" && value !== "" ? value : undefined;
}
