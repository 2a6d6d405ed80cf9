import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

/**
 * What a property may be. The engine sends protobuf Structs in which two things of Pulumi's are hidden under agreed signatures:
 * a value that preview does not know yet, and a value that must stay encrypted. Here they are types of their own, so that a
 * provider cannot take one for a string.
 */
export type Value =
    | null
    | boolean
    | number
    | string
    | Unknown
    | Secret
    | readonly Value[]
    | { readonly [name: string]: Value };

export type Properties = Readonly<Record<string, Value>>;

/** A property as it would stand in JSON: nothing unknown, nothing marked. */
export type Plain =
    null | boolean | number | string | readonly Plain[] | { readonly [name: string]: Plain };

/** A value that depends on something which does not exist yet. Comes in previews only. */
export class Unknown {
    readonly #brand = "unknown";
    public toString(): string {
        return `<${this.#brand}>`;
    }
}

export const unknown = new Unknown();

/** A value that the engine keeps encrypted in state and hides in its output. */
export class Secret<T extends Value = Value> {
    readonly #value: T;
    constructor(value: T) {
        this.#value = value;
    }
    public get value(): T {
        return this.#value;
    }
    /** So that no log line or error text can hold what is inside. */
    public toString(): string {
        return "<secret>";
    }
    public toJSON(): string {
        return "<secret>";
    }
}

/** Key under which a Struct says that it is not a plain object. @see sdk/go/common/resource/properties.go */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const refusedSignatures: Readonly<Record<string, string>> = {
    c44067f5952c0a294b673a41bacd8c17: "an asset",
    "0def7320c3a5731c473e5ecbe6d01bc7": "an archive",
    "5cf8f73096256a8f31e491e813e4eb8e": "a reference to a resource",
    d0e6a833031e9bbcd3f4e8bde6ca49a4: "an output value",
};

/** One string for each type that the unknown value will have. @see sdk/go/common/resource/plugin/rpc.go */
const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const unknowns: ReadonlySet<string> = new Set([
    unknownString,
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Reads what the engine sent. Throws where it holds an asset, an archive or a reference, naming the property. */
export function fromStruct(struct: Struct | undefined): Properties {
    return objectFromWire(struct?.toJavaScript() ?? {}, "");
}

function objectFromWire(wire: Record<string, JavaScriptValue>, at: string): Record<string, Value> {
    return Object.fromEntries(
        Object.entries(wire).map(([name, value]) => [
            name,
            fromWire(value, at ? `${at}.${name}` : name),
        ]),
    );
}

function fromWire(wire: JavaScriptValue, at: string): Value {
    if (typeof wire === "string") return unknowns.has(wire) ? unknown : wire;
    if (wire === null || typeof wire !== "object") return wire;
    if (Array.isArray(wire)) {
        return (wire as JavaScriptValue[]).map((item, index) => fromWire(item, `${at}[${index}]`));
    }
    const object = wire as Record<string, JavaScriptValue>;
    const signature = object[signatureKey];
    if (signature === undefined) return objectFromWire(object, at);
    if (signature === secretSignature) return new Secret(fromWire(object["value"] ?? null, at));
    const known = typeof signature === "string" ? refusedSignatures[signature] : undefined;
    const what = known ?? "a value of an unknown kind";
    throw new Error(`[${at}] is ${what}; this provider takes plain values only`);
}

/** Writes what the engine is to read. An `undefined` property is left out. */
export function toStruct(properties: Readonly<Record<string, Value | undefined>>): Struct {
    return Struct.fromJavaScript(objectToWire(properties));
}

function objectToWire(
    properties: Readonly<Record<string, Value | undefined>>,
): Record<string, JavaScriptValue> {
    return Object.fromEntries(
        Object.entries(properties)
            .filter((entry): entry is [string, Value] => entry[1] !== undefined)
            .map(([name, value]) => [name, toWire(value)]),
    );
}

function toWire(value: Value): JavaScriptValue {
    if (value === null || typeof value !== "object") return value;
    if (value instanceof Unknown) return unknownString;
    if (value instanceof Secret) {
        return { [signatureKey]: secretSignature, value: toWire(value.value) };
    }
    return isList(value) ? value.map(toWire) : objectToWire(value);
}

/** `Array.isArray` does not narrow a readonly array. */
export function isList(value: Value): value is readonly Value[] {
    return Array.isArray(value);
}

export function isObject(value: Value): value is { readonly [name: string]: Value } {
    return (
        value !== null &&
        typeof value === "object" &&
        !isList(value) &&
        !(value instanceof Unknown) &&
        !(value instanceof Secret)
    );
}

/** Whether the value, or anything in it, is not known yet. */
export function containsUnknown(value: Value): boolean {
    if (value instanceof Unknown) return true;
    if (value instanceof Secret) return containsUnknown(value.value);
    if (isList(value)) return value.some(containsUnknown);
    return isObject(value) && Object.values(value).some(containsUnknown);
}

/** Whether the value, or anything in it, is a secret. */
export function containsSecret(value: Value): boolean {
    if (value instanceof Secret) return true;
    if (isList(value)) return value.some(containsSecret);
    return isObject(value) && Object.values(value).some(containsSecret);
}

/** The value without its marks, however deep; unknown parts stay. */
export function withoutSecrets(value: Value): Value {
    if (value instanceof Secret) return withoutSecrets(value.value);
    if (isList(value)) return value.map(withoutSecrets);
    if (!isObject(value)) return value;
    return Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [name, withoutSecrets(inner)]),
    );
}

/** The value as JSON has it. Throws where a part is unknown: ask `containsUnknown` first. */
export function reveal(value: Value): Plain {
    if (value instanceof Secret) return reveal(value.value);
    if (value instanceof Unknown) throw new Error("a value that is not known yet cannot be read");
    if (isList(value)) return value.map(reveal);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, reveal(inner)]));
}
