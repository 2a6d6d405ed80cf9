import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import fc from "fast-check";
import {
    containsSecret,
    containsUnknown,
    fromStruct,
    isList,
    isObject,
    reveal,
    Secret,
    toStruct,
    unknown,
    withoutSecrets,
    type Value,
} from "../../lab/providers/value";

/** Names that the generated classes of protobuf themselves cannot hold are left out. */
const name = fc.string().filter((text) => text !== "__proto__");

const { value: anyValue } = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.constant(null),
        fc.boolean(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.string(),
        fc.constant(unknown),
        tie("value").map((inner) => new Secret(inner)),
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(name, tie("value"), { maxKeys: 4 }),
    ),
}));

/** Marks as text, since a matcher does not look into a secret. */
function spelled(value: Value): unknown {
    if (value === unknown) return "<unknown>";
    if (value instanceof Secret) return { "<secret>": spelled(value.value) };
    if (isList(value)) return value.map(spelled);
    // Zero has a sign that JSON has not.
    if (!isObject(value)) return value === 0 ? 0 : value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, spelled(inner)]));
}

it("gives back what went over the wire", () => {
    fc.assert(
        fc.property(fc.dictionary(name, anyValue, { maxKeys: 5 }), (properties) => {
            const bytes = toStruct(properties).serializeBinary();
            expect(spelled(fromStruct(Struct.deserializeBinary(bytes)))).toEqual(
                spelled(properties),
            );
        }),
    );
});

it("finds marks as deep as they lie, and loses none in removing them", () => {
    fc.assert(
        fc.property(anyValue, (value) => {
            const text = JSON.stringify(spelled(value));
            expect(containsSecret(value)).toBe(text.includes('{"<secret>":'));
            expect(containsSecret(withoutSecrets(value))).toBe(false);
            expect(containsUnknown(withoutSecrets(value))).toBe(containsUnknown(value));
        }),
    );
});

it("writes secrets and unknown values as the engine spells them", () => {
    expect(toStruct({ a: new Secret("x"), b: unknown, c: undefined }).toJavaScript()).toEqual({
        a: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "x" },
        b: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    });
});

it.each([
    ["a number", "3eeb2bf0-c639-47a8-9e75-3b44932eb421"],
    ["a list", "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"],
    ["an object", "dd056dcd-154b-4c76-9bd3-c8f88648b5ff"],
])("knows what will be %s as unknown", (_what, wire) => {
    expect(fromStruct(Struct.fromJavaScript({ a: wire }))["a"]).toBe(unknown);
});

it.each([
    ["an asset", "c44067f5952c0a294b673a41bacd8c17"],
    ["an archive", "0def7320c3a5731c473e5ecbe6d01bc7"],
    ["a reference to a resource", "5cf8f73096256a8f31e491e813e4eb8e"],
    ["a value of an unknown kind", "ffffffffffffffffffffffffffffffff"],
])("refuses %s and says where", (what, signature) => {
    const wire = { spec: { items: [{ "4dabf18193072939515e22adb298388d": signature }] } };
    expect(() => fromStruct(Struct.fromJavaScript(wire))).toThrow(
        `[spec.items[0]] is ${what}; this provider takes plain values only`,
    );
});

it("does not show a secret in a text or in JSON, and reveals it where asked", () => {
    const secret = new Secret("hunter2");
    expect(`${String(secret)} ${JSON.stringify({ secret })}`).toBe(
        '<secret> {"secret":"<secret>"}',
    );
    expect(reveal({ secret })).toEqual({ secret: "hunter2" });
});

it("does not reveal what is not known", () => {
    expect(() => reveal({ a: [new Secret(unknown)] })).toThrow("not known yet");
});
