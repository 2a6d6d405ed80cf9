import { driftedInputs } from "../../../lab/providers/kubernetes/drift";
import { Secret, withoutSecrets, type Properties, type Value } from "../../../lab/providers/value";

const inputs = {
    kind: "Deployment",
    spec: {
        replicas: 2,
        template: {
            spec: {
                containers: [
                    { name: "web", image: "web:1", resources: { limits: { cpu: "1000m" } } },
                ],
            },
        },
    },
} satisfies Properties;

/** As a server answers: quantities in its own spelling, defaults filled in. */
const live = (
    change: (container: Record<string, Value>) => Value[] = (container) => [container],
    replicas = 2,
) =>
    ({
        kind: "Deployment",
        spec: {
            replicas,
            strategy: { type: "RollingUpdate" },
            template: {
                spec: {
                    containers: change({
                        name: "web",
                        image: "web:1",
                        imagePullPolicy: "IfNotPresent",
                        resources: { limits: { cpu: "1" } },
                    }),
                },
            },
        },
        status: { replicas },
    }) satisfies Properties;

it("takes the server's spelling and defaults for no drift", () => {
    expect(driftedInputs(inputs, live(), live())).toEqual(inputs);
});

it("shows a value that somebody changed", () => {
    expect(driftedInputs(inputs, live(), live(undefined, 5))).toEqual({
        ...inputs,
        spec: { ...inputs.spec, replicas: 5 },
    });
});

it("shows a change inside a list's item, whatever stands before it, and no item of others", () => {
    const now = live((container) => [
        { name: "sidecar", image: "proxy:1" },
        { ...container, image: "web:2" },
    ]);
    const drifted = driftedInputs(inputs, live(), now);
    expect(drifted["spec"]).toMatchObject({ replicas: 2 });
    expect(JSON.stringify(drifted)).toContain(
        '[{"name":"web","image":"web:2","resources":{"limits":{"cpu":"1000m"}}}]',
    );
});

it("shows what was taken away", () => {
    const old = { data: { a: "1", b: "2" } };
    expect(driftedInputs(old, old, { data: { a: "1" } })).toEqual({ data: { a: "1" } });
    expect(driftedInputs(old, old, {})).toEqual({});
});

it("shows a plain list whole", () => {
    const old = { args: ["a", "b"] };
    expect(driftedInputs(old, old, { args: ["a", "c"] })).toEqual({ args: ["a", "c"] });
    expect(driftedInputs(old, old, { args: ["a"] })).toEqual({ args: ["a"] });
});

it("reads the texts of a Secret back, and keeps them secret", () => {
    const secret = (text: string) => ({
        kind: "Secret",
        data: new Secret<Value>({
            password: Buffer.from(text).toString("base64"),
            "added-by-others": "eA==",
        }),
    });
    const given = { kind: "Secret", stringData: new Secret<Value>({ password: "old" }) };
    expect(driftedInputs(given, secret("old"), secret("old"))).toEqual(given);
    const drifted = driftedInputs(given, secret("old"), secret("new"));
    expect(drifted["stringData"]).toBeInstanceOf(Secret);
    expect(withoutSecrets(drifted)).toEqual({ kind: "Secret", stringData: { password: "new" } });
});
