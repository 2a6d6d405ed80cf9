import { replaceOnAny } from "./compare";
import {
    isAbsent,
    unsupportedInputs,
    type CheckRequest,
    type CheckResult,
    type DiffRequest,
    type DiffResult,
    type Failure,
    type Read,
    type ReadRequest,
    type Resource,
} from "./resource";
import {
    containsUnknown,
    reveal,
    Secret,
    unknown,
    type Plain,
    type Properties,
    type Value,
} from "./value";

export type Inputs = Readonly<Record<string, Plain>>;

export interface Input {
    /** What is wrong with a value, as the end of "[name] is VALUE; ...". */
    readonly check: (value: Plain) => string | undefined;
    readonly required?: boolean;
    /** What an absent input means. Not written to the inputs, so that policies see what the program says. */
    readonly default?: string | number | boolean;
    /** Kept encrypted, even where the program gave it in clear. */
    readonly secret?: boolean;
    /** May change without a new resource. */
    readonly inPlace?: boolean;
}

/** A resource that is nothing but its state: made once from its inputs, then kept. */
export interface LogicalKind {
    readonly inputs: Readonly<Record<string, Input>>;
    readonly outputs: Readonly<Record<string, "plain" | "secret">>;
    /** Judges inputs together. Called only where all are known, with defaults filled in. */
    readonly validate?: (inputs: Inputs) => Failure[];
    /** Makes it. An output may be left out where there is none. */
    readonly make: (inputs: Inputs) => Promise<{ id: string; outputs: Properties }>;
    /** Outputs that depend on the clock, as they are now. One that is true of a name in `due` replaces the resource. */
    readonly now?: (state: Inputs) => { outputs: Properties; due: readonly string[] };
    /** What the official plugin gives and this one does not, as a warning where one is made. */
    readonly missing?: string;
    /** What an id given to `pulumi import` stands for. Absent: it cannot be imported. */
    readonly import?: (id: string) => { id: string; inputs: Properties; outputs: Properties };
}

export function logicalResource(kind: LogicalKind): Resource {
    const inPlace = Object.keys(kind.inputs).filter((name) => kind.inputs[name]?.inPlace);
    return {
        check: (request) => check(kind, request),
        diff: (request) => diff(kind, request, inPlace),
        create: async ({ inputs, preview, log }) => {
            if (preview)
                return { id: "", state: { ...stated(kind, inputs), ...unknownOutputs(kind) } };
            const { id, outputs } = await kind.make(known(kind, inputs));
            if (kind.missing) log("warning", `the lab's provider gives no ${kind.missing}`);
            return { id, state: { ...stated(kind, inputs), ...marked(kind, outputs) } };
        },
        read: (request) => read(kind, request),
        // What may change in place is stored, and means nothing outside.
        update: ({ state, inputs }) => ({ ...state, ...stated(kind, inputs) }),
        delete: () => undefined,
    };
}

function check(kind: LogicalKind, { news }: CheckRequest): CheckResult {
    const names = Object.keys(kind.inputs);
    const failures = [
        ...unsupportedInputs(news, names),
        ...names.flatMap((name) => checkInput(name, kind.inputs[name], news[name])),
    ];
    if (failures.length === 0 && kind.validate && !containsUnknown(news)) {
        failures.push(...kind.validate(known(kind, news)));
    }
    return { inputs: withSecrets(kind, news), failures };
}

function checkInput(name: string, input: Input | undefined, value: Value | undefined): Failure[] {
    if (!input) return [];
    if (isAbsent(value)) return input.required ? [{ property: name, reason: "is required" }] : [];
    if (containsUnknown(value)) return [];
    const plain = reveal(value);
    const wrong = input.check(plain);
    if (wrong === undefined) return [];
    const shown = input.secret ? "<secret>" : JSON.stringify(plain);
    return [{ property: name, reason: `is ${shown}; ${wrong}` }];
}

function diff(kind: LogicalKind, request: DiffRequest, inPlace: readonly string[]): DiffResult {
    const news = stated(kind, request.news);
    const { changed, replaces = [] } = replaceOnAny(
        { ...request, oldInputs: stated(kind, request.oldInputs), news },
        inPlace,
    );
    // A due resource is replaced by the rules of the new inputs: shortening a renewal period may undo it.
    const due = kind.now?.(plainPart({ ...request.state, ...news })).due ?? [];
    return { changed: [...changed, ...due], replaces: [...replaces, ...due] };
}

function read(kind: LogicalKind, { id, state, inputs }: ReadRequest): Read {
    if (Object.keys(state).length > 0) {
        const now = kind.now?.(plainPart(state)).outputs ?? {};
        return {
            id,
            state: { ...state, ...marked(kind, now) },
            inputs: inputs ?? inputsOf(kind, state),
        };
    }
    if (!kind.import) {
        throw new Error("this kind of resource cannot be imported: it exists in state alone");
    }
    const found = kind.import(id);
    const imported = withSecrets(kind, found.inputs);
    return {
        id: found.id,
        inputs: imported,
        state: { ...stated(kind, imported), ...marked(kind, found.outputs) },
    };
}

/** Inputs as they are stored: defaults filled in, secrets marked. */
function stated(kind: LogicalKind, inputs: Properties): Properties {
    const defaults = Object.entries(kind.inputs).flatMap(([name, { default: value }]) =>
        value === undefined ? [] : [[name, value] as const],
    );
    const given = Object.entries(inputs).filter(([, value]) => !isAbsent(value));
    return withSecrets(kind, Object.fromEntries([...defaults, ...given]));
}

function known(kind: LogicalKind, inputs: Properties): Inputs {
    return reveal(stated(kind, inputs)) as Inputs;
}

function plainPart(properties: Properties): Inputs {
    const whole = Object.entries(properties).filter(([, value]) => !containsUnknown(value));
    return reveal(Object.fromEntries(whole)) as Inputs;
}

function inputsOf(kind: LogicalKind, state: Properties): Properties {
    return Object.fromEntries(Object.entries(state).filter(([name]) => name in kind.inputs));
}

function withSecrets(kind: LogicalKind, inputs: Properties): Properties {
    return Object.fromEntries(
        Object.entries(inputs).map(([name, value]) => [
            name,
            kind.inputs[name]?.secret && !isAbsent(value) ? asSecret(value) : value,
        ]),
    );
}

function marked(kind: LogicalKind, outputs: Properties): Properties {
    return Object.fromEntries(
        Object.entries(outputs).map(([name, value]) => [
            name,
            kind.outputs[name] === "secret" ? asSecret(value) : value,
        ]),
    );
}

function unknownOutputs(kind: LogicalKind): Properties {
    return Object.fromEntries(
        Object.entries(kind.outputs).map(([name, how]) => [
            name,
            how === "secret" ? new Secret(unknown) : unknown,
        ]),
    );
}

const asSecret = (value: Value): Secret => (value instanceof Secret ? value : new Secret(value));
