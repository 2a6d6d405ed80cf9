import { fieldManagerOf, idOf, parseId } from "../../../lab/providers/kubernetes/identity";
import { parseToken } from "../../../lab/providers/kubernetes/token";

describe("parseToken", () => {
    it.each([
        ["kubernetes:core/v1:Secret", "v1", "Secret", false],
        ["kubernetes:v1:Secret", "v1", "Secret", false],
        ["kubernetes:apps/v1:Deployment", "apps/v1", "Deployment", false],
        ["kubernetes:cert-manager.io/v1:Certificate", "cert-manager.io/v1", "Certificate", false],
        [
            "kubernetes:networking.k8s.io/v1beta1:IPAddress",
            "networking.k8s.io/v1beta1",
            "IPAddress",
            false,
        ],
        ["kubernetes:core/v1:ConfigMapPatch", "v1", "ConfigMap", true],
        ["kubernetes:example.org/v1alpha2:ThingPatch", "example.org/v1alpha2", "Thing", true],
    ])("reads %s", (type, apiVersion, kind, isPatch) => {
        expect(parseToken(type)).toEqual({ apiVersion, kind, isPatch });
    });

    it.each([
        "kubernetes:helm.sh/v3:Release",
        "kubernetes:helm.sh/v4:Chart",
        "kubernetes:yaml:ConfigFile",
        "kubernetes:yaml/v2:ConfigGroup",
        "kubernetes:kustomize/v2:Directory",
        "kubernetes:core/v1:",
        "kubernetes:index:Thing",
    ])("has no object for %s", (type) => {
        expect(parseToken(type)).toBeUndefined();
    });
});

it.each([
    ["data/db", { namespace: "data", name: "db" }],
    ["internal-ca", { namespace: "", name: "internal-ca" }],
])("reads and writes the id %s", (id, place) => {
    expect(parseId(id)).toEqual(place);
    expect(idOf(place)).toBe(id);
});

it("gives each resource a field manager of its own, and always the same", () => {
    const first = fieldManagerOf("urn:pulumi:dev::shop::kubernetes:core/v1:Secret::a");
    expect(first).toMatch(/^pulumi-kubernetes-[0-9a-f]{12}$/);
    expect(fieldManagerOf("urn:pulumi:dev::shop::kubernetes:core/v1:Secret::a")).toBe(first);
    expect(fieldManagerOf("urn:pulumi:dev::shop::kubernetes:core/v1:Secret::b")).not.toBe(first);
});
