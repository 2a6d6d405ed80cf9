import type { CheckResult, Failure } from "../resource";
import { Secret, Unknown, isObject, withoutSecrets, type Properties, type Value } from "../value";
import { annotations, unsupportedAnnotations } from "./annotations";
import { parseWaitFor } from "./await/waitFor";
import { kindName } from "./identity";
import { markSecretKind } from "./secrets";
import { withoutReadOnly } from "./state";
import { isListKind, type Token } from "./token";

export interface CheckContext {
    readonly token: Token;
    /** Whether objects of the kind lie in a namespace. */
    readonly namespaced: boolean;
    readonly defaultNamespace: string;
}

/** Judges the inputs of an object, and gives it the namespace that it does not name. */
export function checkInputs(news: Properties, context: CheckContext): CheckResult {
    const inputs = markSecretKind(withoutReadOnly(news));
    const metadata = mapOf(inputs["metadata"]);
    const failures = [
        ...kindFailures(inputs, context.token),
        ...nameFailures(inputs["metadata"], context),
        ...annotationFailures(metadata["annotations"]),
    ];
    if (!context.namespaced) return { inputs, failures };
    return { inputs: { ...inputs, metadata: named(inputs["metadata"], context) }, failures };
}

function named(metadata: Value | undefined, { defaultNamespace }: CheckContext): Value {
    if (metadata instanceof Secret) return metadata;
    if (metadata === undefined || !isObject(metadata)) return metadata ?? null;
    return { ...metadata, namespace: metadata["namespace"] ?? defaultNamespace };
}

function mapOf(value: Value | undefined): Properties {
    const plain = withoutSecrets(value ?? null);
    return isObject(plain) ? plain : {};
}

function kindFailures(inputs: Properties, token: Token): Failure[] {
    if (isListKind(token.kind)) {
        return failure("kind", `${token.kind} cannot be created; create its items one by one`);
    }
    const { apiVersion, kind } = inputs;
    if (apiVersion === token.apiVersion && kind === token.kind) return [];
    const given = [apiVersion, kind].map((part) => JSON.stringify(part ?? null)).join(" ");
    return failure("apiVersion", `is ${given}, and the resource's type says ${kindName(token)}`);
}

function nameFailures(metadata: Value | undefined, { namespaced, token }: CheckContext): Failure[] {
    if (metadata instanceof Unknown) return [];
    const { name, generateName, namespace } = mapOf(metadata);
    const failures: Failure[] = [];
    if (generateName !== undefined && generateName !== null) {
        failures.push(...failure("metadata.generateName", "does not go with server-side apply"));
    }
    if (!(name instanceof Unknown) && (typeof name !== "string" || name === "")) {
        failures.push(
            ...failure(
                "metadata.name",
                "is missing; autonaming is not supported by the lab's kubernetes provider: give a name",
            ),
        );
    }
    if (!namespaced && namespace !== undefined && namespace !== null) {
        const reason = `is set, and ${token.kind} is a kind of the whole cluster: leave it out`;
        failures.push(...failure("metadata.namespace", reason));
    }
    return failures;
}

function annotationFailures(value: Value | undefined): Failure[] {
    const given = mapOf(value);
    const unsupported = unsupportedAnnotations(Object.keys(given)).map((name) => ({
        property: `metadata.annotations["${name}"]`,
        reason: `${name} is not supported by the lab's kubernetes provider; it knows ${Object.values(annotations).join(", ")}`,
    }));
    const waitFor = given[annotations.waitFor];
    if (typeof waitFor !== "string") return unsupported;
    try {
        parseWaitFor(waitFor);
        return unsupported;
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return [
            ...unsupported,
            ...failure(`metadata.annotations["${annotations.waitFor}"]`, reason),
        ];
    }
}

function failure(property: string, reason: string): Failure[] {
    return [{ property, reason: `[${property}] ${reason}` }];
}
