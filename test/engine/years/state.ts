/** What an exported state says of authorities. */
export interface KeptState {
    readonly outputs: PkiOutputs;
    /** Private keys by the name of their resource, PEM. */
    readonly keys: ReadonlyMap<string, string>;
    /** The same keys in all forms in which the provider writes them, PEM. */
    readonly forms: readonly string[];
    /** Private keys that lie anywhere in it, in whatever form, each as `bodyOf` has it. */
    readonly bodies: ReadonlySet<string>;
    /** Names of resources that are of a generation, `workload-ca-g3`. */
    readonly generations: ReadonlySet<string>;
    /** URNs of what may not be deleted. */
    readonly protectedUrns: readonly string[];
    /** What the engine did not finish. */
    readonly pending: readonly unknown[];
    /** URNs with the ids of what they stand for. */
    readonly ids: ReadonlyMap<string, string>;
}

export interface PkiOutputs {
    readonly pkiAsOf: string;
    readonly pkiNextDue: string;
    readonly pkiSteps: readonly { readonly day: string; readonly what: string }[];
    readonly pkiRequests: Readonly<Record<string, string>>;
    readonly pkiState: Readonly<
        Record<string, { readonly issuing: number; readonly trustedRoots: readonly number[] }>
    >;
}

interface Resource {
    readonly urn: string;
    readonly id?: string;
    readonly type: string;
    readonly protect?: boolean;
    readonly delete?: boolean;
    readonly outputs?: Readonly<Record<string, unknown>>;
}

interface Exported {
    readonly deployment: {
        readonly resources: readonly Resource[];
        readonly pending_operations?: readonly unknown[];
    };
}

/** Reads what `pulumi stack export --show-secrets` wrote. */
export function readState(text: string): KeptState {
    const { resources, pending_operations = [] } = (JSON.parse(text) as Exported).deployment;
    const named = (type: string, output: string) =>
        new Map(
            resources
                .filter((resource) => resource.type.startsWith(type))
                .flatMap(({ urn, outputs }) => {
                    const value = plain(outputs?.[output]);
                    return typeof value === "string" ? [[nameOf(urn), value] as const] : [];
                }),
        );
    const stack = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
    return {
        outputs: plain(stack?.outputs) as PkiOutputs,
        keys: named("tls:index/privateKey:", "privateKeyPem"),
        forms: ["privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"].flatMap((form) => [
            ...named("tls:index/privateKey:", form).values(),
        ]),
        bodies: privateKeysIn(text),
        generations: new Set(
            resources.map(({ urn }) => nameOf(urn)).filter((name) => /-g\d+$/.test(name)),
        ),
        protectedUrns: resources.filter(({ protect }) => protect).map(({ urn }) => urn),
        pending: [...pending_operations, ...resources.filter((resource) => resource.delete)],
        ids: new Map(resources.map(({ urn, id = "" }) => [urn, id])),
    };
}

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";

/** A value of the state, where a secret one is an object with its JSON in `plaintext`. */
function plain(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== "object" || value === null) return value;
    if ("plaintext" in value) return JSON.parse(String(value.plaintext)) as unknown;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}

/** All that is between the lines of BEGIN and END, and nothing else: the same in every way of quoting. */
export const bodyOf = (pem: string): string =>
    pem.replaceAll(/-----[^-]+-----/g, "").replaceAll(/\\+n|\s/g, "");

/** Private keys in a text, in PEM and, as Secrets hold them, in base64 of it. */
function privateKeysIn(text: string): Set<string> {
    const encoded = text.match(/LS0tLS1CRUdJTi[\w+/=]+/g) ?? [];
    const decoded = encoded.map((one) => Buffer.from(one, "base64").toString());
    const found = [text, ...decoded].flatMap(
        (one) => one.match(/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+-----END/g) ?? [],
    );
    return new Set(found.map((pem) => bodyOf(`${pem}-----`)));
}
