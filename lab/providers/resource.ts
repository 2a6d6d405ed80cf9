import type { Properties, Value } from "./value";

/** What every call about a resource carries. */
export interface Call {
    /** `urn:pulumi:<stack>::<project>::<type>::<name>`. */
    readonly urn: string;
    /** Type token, `tls:index/privateKey:PrivateKey`. */
    readonly type: string;
    /** Name that the program gave. */
    readonly name: string;
    /** Aborted when the engine cancels the operation (Ctrl-C). */
    readonly signal: AbortSignal;
    /** Shows a line on this resource. `info` stays in the log, `status` is shown while the call runs and then forgotten. */
    readonly log: (severity: "status" | "info" | "warning" | "error", message: string) => void;
}

export interface CheckRequest extends Call {
    /** Inputs of the last deployment; empty for a new resource. */
    readonly olds: Properties;
    /** What the program says now. */
    readonly news: Properties;
}

export interface Failure {
    /** Path of the input, `spec.replicas`. */
    readonly property: string;
    readonly reason: string;
}

export interface CheckResult {
    /** The inputs with defaults filled in: what is stored and compared. */
    readonly inputs: Properties;
    readonly failures?: readonly Failure[];
}

export interface DiffRequest extends Call {
    readonly id: string;
    readonly oldInputs: Properties;
    /** Outputs of the last deployment. */
    readonly state: Properties;
    readonly news: Properties;
    /** Paths whose change the program asked to ignore; the engine has already put the old inputs there. */
    readonly ignoreChanges: readonly string[];
}

export interface DiffResult {
    /** Top-level properties that change. None means: nothing to do. */
    readonly changed: readonly string[];
    /** Those of them, or paths in them, that cannot change in place. */
    readonly replaces?: readonly string[];
    /** Set where the new one cannot exist beside the old one, as with a fixed name. */
    readonly deleteBeforeReplace?: boolean;
}

export interface CreateRequest extends Call {
    readonly inputs: Properties;
    /** Nothing may be made; what cannot be known is `unknown`. */
    readonly preview: boolean;
    /** How long the program gives it; 0 means the provider's own default. */
    readonly timeoutSeconds: number;
}

export interface Created {
    /** Empty in a preview. */
    readonly id: string;
    readonly state: Properties;
}

export interface ReadRequest extends Call {
    readonly id: string;
    /** Empty for an import. */
    readonly state: Properties;
    /** Undefined for an import: then the provider says what they would have been. */
    readonly inputs: Properties | undefined;
}

export interface Read {
    readonly id: string;
    readonly state: Properties;
    readonly inputs: Properties;
}

export interface UpdateRequest extends CreateRequest {
    readonly id: string;
    readonly oldInputs: Properties;
    readonly state: Properties;
    readonly ignoreChanges: readonly string[];
}

export interface DeleteRequest extends Call {
    readonly id: string;
    readonly state: Properties;
    readonly oldInputs: Properties;
    readonly timeoutSeconds: number;
}

/** How one kind of resource lives. A method may throw: its message is what the user reads. */
export interface Resource {
    check(request: CheckRequest): Promise<CheckResult> | CheckResult;
    diff(request: DiffRequest): Promise<DiffResult> | DiffResult;
    create(request: CreateRequest): Promise<Created> | Created;
    /** Undefined where the thing is gone. */
    read(request: ReadRequest): Promise<Read | undefined> | Read | undefined;
    /** Absent where every change replaces. */
    update?(request: UpdateRequest): Promise<Properties> | Properties;
    /** Ends well where the thing is gone already. */
    delete(request: DeleteRequest): Promise<void> | void;
}

export interface Provider {
    /** Package, `tls`. */
    readonly name: string;
    /** The version that the SDK asks for. */
    readonly version: string;
    /** The kind behind a type token; undefined where the provider has none. */
    resource(type: string): Resource | undefined;
    /** Functions by token. A token that is missing here is an error. */
    readonly functions?: Readonly<Record<string, (args: Properties) => Promise<Properties>>>;
    /** Judges the provider's own configuration. By default any is refused that is not empty. */
    checkConfig?(news: Properties): CheckResult;
    /** Configuration keys whose change means another place, so that everything in it is replaced. None by default. */
    readonly replaceOnConfig?: readonly string[];
    configure?(args: Properties): Promise<void> | void;
}

/** An error about one input, shown with the property's path. */
export class PropertyError extends Error {
    constructor(
        public readonly property: string,
        reason: string,
    ) {
        super(`[${property}] ${reason}`);
    }
}

/** The thing exists, but has not become what it should: the engine keeps it in state, says why, and tries again next time. */
export class InitializationError extends Error {
    constructor(
        public readonly made: { id: string; state: Properties; inputs: Properties },
        public readonly reasons: readonly string[],
    ) {
        super(reasons.join("; "));
    }
}

/** Failures for the inputs that a kind does not have, so that none is dropped in silence. */
export function unsupportedInputs(news: Properties, supported: readonly string[]): Failure[] {
    return Object.keys(news)
        .filter((name) => !supported.includes(name) && !isAbsent(news[name]))
        .map((name) => ({
            property: name,
            reason: `is not supported by the lab's provider; it knows ${[...supported].sort().join(", ")}`,
        }));
}

/** The SDK writes nothing for an argument that is left out, and null for one that is explicitly so. */
export const isAbsent = (value: Value | undefined): value is null | undefined =>
    value === undefined || value === null;
