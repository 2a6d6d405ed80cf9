import * as pulumi from "@pulumi/pulumi";

/** One resource as the engine would be asked for it. */
export interface Recorded {
    readonly type: string;
    readonly name: string;
    readonly inputs: Readonly<Record<string, unknown>>;
}

/** What a resource was made with beside its inputs; only a transformation sees it. */
export interface RecordedOptions {
    readonly name: string;
    readonly type: string;
    readonly protect: boolean;
}

const resources: Recorded[] = [];

/** Stands for the engine: every resource is created, and nothing of a provider is known but what `computed` says. */
export function mockEngine(
    computed: (resource: Recorded) => Readonly<Record<string, unknown>> = () => ({}),
): void {
    resources.length = 0;
    void pulumi.runtime.setMocks(
        {
            newResource: ({ type, name, inputs }) => {
                const given = inputs as Recorded["inputs"];
                const resource = { type, name, inputs: shown(given) as Recorded["inputs"] };
                resources.push(resource);
                return { id: `${name}-id`, state: { ...given, ...computed(resource) } };
            },
            call: () => ({}),
        },
        "encryption-in-transit",
        "lab",
        false,
    );
}

/** Stands for the tls and random providers, as `mockEngine` wants it. */
export function computedByProviders({ type, name }: Recorded): Readonly<Record<string, unknown>> {
    if (type.startsWith("random:"))
        return { result: `password0of0${name}`.replaceAll("-", "").padEnd(64, "0") };
    if (!type.startsWith("tls:")) return {};
    return {
        certPem: `certificate of ${name}`,
        privateKeyPem: "key",
        validityEndTime: "2027-11-24T00:00:00Z",
    };
}

/** What marks a secret on its way to the engine. @see Pulumi, deployment protocol */
const signature = "4dabf18193072939515e22adb298388d";

/** Inputs with each secret as `{ secret: value }`. */
function shown(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(shown);
    const entries: [string, unknown][] = Object.entries(value);
    if (signature in value) return { secret: entries.find(([key]) => key === "value")?.[1] };
    return Object.fromEntries(entries.map(([key, inside]) => [key, shown(inside)]));
}

/** Resources without the components, in the order of their types and names, once all of them are registered. */
export async function recorded(): Promise<Recorded[]> {
    let before = -1;
    // Registration goes on from promise to promise; nothing says when the last one is through.
    while (before !== resources.length) {
        before = resources.length;
        for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    }
    const key = ({ type, name }: Recorded) => `${type} ${name}`;
    return resources
        .filter(({ type }) => !type.startsWith("encryption-in-transit:"))
        .sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Value of an output, under mocks. */
export const valueOf = <T>(output: pulumi.Output<T>): Promise<T> =>
    new Promise((resolve) => {
        output.apply(resolve);
    });

/** Records what a component's children are protected by. */
export function recordOptions(): {
    readonly options: RecordedOptions[];
    readonly transformations: pulumi.ResourceTransformation[];
} {
    const options: RecordedOptions[] = [];
    return {
        options,
        transformations: [
            ({ name, type, opts }) => {
                options.push({ name, type, protect: opts.protect === true });
                return undefined;
            },
        ],
    };
}
