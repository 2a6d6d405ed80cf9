import { manifestSubjects } from "../../policies/manifestSubject";

it("are several documents, of which some may be empty", () => {
    const text =
        "---\n# nothing\n---\napiVersion: v1\nkind: Service\n---\napiVersion: v1\nkind: ConfigMap\n";
    expect(manifestSubjects("f", text).map(({ kind }) => kind)).toEqual(["Service", "ConfigMap"]);
    expect(manifestSubjects("f", "")).toEqual([]);
});

it("have the booleans of YAML 1.1, and anchors", () => {
    const text = "apiVersion: a/v1\nkind: B\nx: &x {on: yes}\nspec: {<<: *x, isCA: yes}\n";
    expect(manifestSubjects("f", text)[0]?.properties.spec).toEqual({ isCA: true, true: true });
});

it.each([
    [
        "a key twice",
        "apiVersion: v1\nkind: Secret\nkind: ConfigMap\n",
        /^f, document 1: Map keys must be unique at line 3, column 1$/,
    ],
    [
        "no YAML",
        "apiVersion: v1\n---\n{a: S3CR3T",
        /^f, document 1: no apiVersion and kind|^f, document 2/,
    ],
    [
        "no object",
        "apiVersion: v1\nkind: A\n---\n- S3CR3T\n",
        /^f, document 2: no apiVersion and kind$/,
    ],
    ["no kind", "apiVersion: v1\n", /^f, document 1: no apiVersion and kind$/],
])("are refused with %s, without quoting them", (_name, text, message) => {
    expect(() => manifestSubjects("f", text)).toThrow(message);
    expect(() => manifestSubjects("f", text)).toThrow(
        expect.objectContaining({
            message: expect.not.stringContaining("S3CR3T") as string,
        }) as Error,
    );
});
