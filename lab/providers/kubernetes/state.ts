import { isObject, reveal, unknown, withoutSecrets, type Properties, type Value } from "../value";
import { textAt, withoutAt, type KubeObject } from "./json";
import { namedForApi, namedForSdk } from "./schemaNames";
import { markLike, markSecretKind } from "./secrets";

/** What the state holds beside the object itself, under the official plugin's names. */
const bookkeeping = {
    inputs: "__inputs",
    initialApiVersion: "__initialApiVersion",
    fieldManager: "__fieldManager",
} as const;

/** The inputs as the API takes them. Throws where one is unknown. */
export function toObject(inputs: Properties): KubeObject {
    const plain = reveal(namedForApi(inputs));
    return plain as KubeObject;
}

export interface Made {
    readonly live: KubeObject;
    readonly inputs: Properties;
    readonly fieldManager: string;
    /** State before, if any. */
    readonly before?: Properties;
}

/** What the engine is to keep: the object as the server has it, and what it was made from. */
export function toState({ live, inputs, fieldManager, before = {} }: Made): Properties {
    const named = namedForSdk(live);
    const marked = isObject(named) ? markLike(named, inputs) : {};
    return {
        ...markSecretKind(isObject(marked) ? marked : {}),
        [bookkeeping.inputs]: inputs,
        [bookkeeping.initialApiVersion]:
            before[bookkeeping.initialApiVersion] ?? textAt(live, "apiVersion"),
        [bookkeeping.fieldManager]: fieldManager,
    };
}

/** The manager that a state was made under. */
export function fieldManagerIn(state: Properties): string | undefined {
    const manager = state[bookkeeping.fieldManager];
    return typeof manager === "string" && manager !== "" ? manager : undefined;
}

/** What a preview can say where the server was not asked: the inputs, and that the server will add to them. */
export function guessState(inputs: Properties, before: Properties = {}): Properties {
    const old = isObject(before["metadata"] ?? null) ? (before["metadata"] as Properties) : {};
    const metadata = inputs["metadata"];
    if (metadata === undefined || !isObject(metadata)) return inputs;
    return {
        ...inputs,
        metadata: {
            ...metadata,
            uid: old["uid"] ?? unknown,
            creationTimestamp: old["creationTimestamp"] ?? unknown,
            resourceVersion: unknown,
        },
    };
}

/** What a dry run can say of a new object: all that the server filled in, but what it will choose anew. */
export function previewState(state: Properties): Properties {
    const forgotten: Readonly<Record<string, readonly string[]>> = {
        metadata: chosenInMetadata,
        spec: chosenInSpec,
    };
    const kept = Object.entries(state)
        // The SDK takes an absent output for one that is not known yet.
        .filter(([name]) => name !== "status")
        .map(([name, value]) => [name, forget(value, forgotten[name] ?? [])] as const);
    return Object.fromEntries(kept);
}

const chosenInMetadata = ["uid", "creationTimestamp", "resourceVersion", "managedFields"];
const chosenInSpec = ["clusterIP", "clusterIPs", "healthCheckNodePort"];

function forget(value: Value, names: readonly string[]): Value {
    if (!isObject(value)) return value;
    return Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [
            name,
            names.includes(name) && inner !== "None" ? unknown : inner,
        ]),
    );
}

/** What the server writes into the metadata of every object, and nobody may give. */
const readOnlyMetadata = [
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
];

/** The inputs without what only the server may write. */
export function withoutReadOnly(inputs: Properties): Properties {
    const metadata = inputs["metadata"];
    if (metadata === undefined || !isObject(metadata)) return inputs;
    const kept = Object.entries(metadata).filter(([name]) => !readOnlyMetadata.includes(name));
    return { ...inputs, metadata: Object.fromEntries(kept) };
}

/** What the inputs of an object would have been that was not made here: all of it that is no answer of the server. */
export function importedInputs(live: KubeObject): Properties {
    const named = namedForSdk(
        withoutAt(
            withoutAt(
                withoutAt(live, "status"),
                ...["metadata", "annotations", "deployment.kubernetes.io/revision"],
            ),
            ...["metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"],
        ),
    );
    return markSecretKind(withoutReadOnly(isObject(named) ? named : {}));
}

/** Without marks, for comparing. */
export const bare = (inputs: Properties): Properties => withoutSecrets(inputs) as Properties;
