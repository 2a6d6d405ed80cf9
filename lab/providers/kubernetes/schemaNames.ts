import type { Value } from "../value";
import { Secret, isList, isObject } from "../value";

/**
 * Fields of a CustomResourceDefinition whose hyphens the SDK writes as underscores, since its languages have no hyphens in
 * names. @see provider/pkg/provider/provider.go of pulumi-kubernetes, underscoreToDashMap
 */
const hyphenated = [
    "x-kubernetes-embedded-resource",
    "x-kubernetes-int-or-string",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-list-type",
    "x-kubernetes-map-type",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-validations",
];
const toApi = new Map(hyphenated.map((name) => [name.replaceAll("-", "_"), name]));
const toSdk = new Map([...toApi].map(([sdk, api]) => [api, sdk]));

/** As the API server names fields. */
export const namedForApi = (value: Value): Value => rename(value, toApi);

/** As the SDK's classes name them. */
export const namedForSdk = (value: Value): Value => rename(value, toSdk);

function rename(value: Value, names: ReadonlyMap<string, string>): Value {
    if (value instanceof Secret) return new Secret(rename(value.value, names));
    if (isList(value)) return value.map((item) => rename(item, names));
    if (!isObject(value)) return value;
    return Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [
            names.get(name) ?? name,
            rename(inner, names),
        ]),
    );
}
