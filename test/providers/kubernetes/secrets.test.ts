import { markLike, markSecretKind, redact } from "../../../lab/providers/kubernetes/secrets";
import { Secret, withoutSecrets, type Value } from "../../../lab/providers/value";

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

it("marks what came back where what went in was marked", () => {
    const marked = markLike(
        { data: { open: "a", hidden: "b" }, env: [{ name: "A", value: "c" }] },
        {
            data: { open: "a", hidden: new Secret("b") },
            env: [{ name: "A", value: new Secret("c") }],
        },
    );
    expect(marked).toEqual({
        data: { open: "a", hidden: new Secret("b") },
        env: [{ name: "A", value: new Secret("c") }],
    });
    expect(JSON.stringify(marked)).toBe(
        '{"data":{"open":"a","hidden":"<secret>"},"env":[{"name":"A","value":"<secret>"}]}',
    );
});

it("marks a list as a whole where the server has changed its length", () => {
    const marked = markLike(["a", "b"], [new Secret("a")]);
    expect(marked).toBeInstanceOf(Secret);
    expect(withoutSecrets(marked)).toEqual(["a", "b"]);
    expect(markLike(["a", "b"], ["a"])).toEqual(["a", "b"]);
});

it("marks the content of any Secret, and kubectl's copy of it", () => {
    const marked = markSecretKind({
        apiVersion: "v1",
        kind: "Secret",
        type: "Opaque",
        metadata: {
            name: "x",
            annotations: { [lastApplied]: '{"data":{"a":"YQ=="}}', other: "1" },
        },
        data: { a: "YQ==" },
    });
    expect(JSON.parse(JSON.stringify(marked))).toEqual({
        apiVersion: "v1",
        kind: "Secret",
        type: "Opaque",
        metadata: { name: "x", annotations: { [lastApplied]: "<secret>", other: "1" } },
        data: "<secret>",
    });
});

it("leaves the content of a ConfigMap open", () => {
    const object = { apiVersion: "v1", kind: "ConfigMap", data: { a: "b" } };
    expect(markSecretKind(object)).toEqual(object);
});

it("takes secrets out of a message, plain, in base64 and escaped", () => {
    const inputs = {
        data: new Secret<Value>({ a: "hunter2hunter2", b: ['say "friend"'] }),
        name: "open-name",
    };
    const base64 = Buffer.from("hunter2hunter2").toString("base64");
    expect(
        redact(`hunter2hunter2 ${base64} ${JSON.stringify('say "friend"')} open-name`, inputs),
    ).toBe('<secret> <secret> "<secret>" open-name');
});
