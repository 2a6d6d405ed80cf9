import { KubernetesProvider } from "../../../lab/providers/kubernetes/provider";
import type { Created, Resource } from "../../../lab/providers/resource";
import { withoutSecrets, type Properties } from "../../../lab/providers/value";

/** A kubeconfig, as text, of a server that refuses connections. */
export const nobodyThere = JSON.stringify({
    clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
    users: [{ name: "u", user: {} }],
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    "current-context": "c",
});

/** The provider without an engine: the calls that the engine makes, one by one. */
export class InProcess {
    // What is to come from another resource comes at once here, or never.
    readonly #provider = new KubernetesProvider(1_500);
    /** Lines that the provider showed, `warning: ...`. */
    public readonly lines: string[] = [];
    #cancel = new AbortController();

    constructor(settings: Properties) {
        this.#provider.configure(settings);
    }

    public cancel(): void {
        this.#cancel.abort(new Error("the operation was cancelled"));
    }

    /** Check, then create, as in an `up` or in its preview. */
    public async create(
        type: string,
        name: string,
        inputs: Properties,
        { preview = false, timeoutSeconds = 20 } = {},
    ): Promise<Created & { readonly inputs: Properties }> {
        const call = this.#call(type, name);
        const checked = await this.#checked(type, name, inputs);
        const made = await this.#resource(type).create({
            ...call,
            inputs: checked,
            preview,
            timeoutSeconds,
        });
        return { ...made, inputs: checked };
    }

    public async update(
        type: string,
        name: string,
        old: Created & { readonly inputs: Properties },
        inputs: Properties,
        { preview = false, timeoutSeconds = 20, ignoreChanges = [] as string[] } = {},
    ): Promise<Properties> {
        const resource = this.#resource(type);
        const checked = await this.#checked(type, name, inputs);
        if (!resource.update) throw new Error(`${type} has no update`);
        return resource.update({
            ...this.#call(type, name),
            id: old.id,
            inputs: checked,
            oldInputs: old.inputs,
            state: old.state,
            ignoreChanges,
            preview,
            timeoutSeconds,
        });
    }

    public async delete(
        type: string,
        name: string,
        { id, state, inputs }: Created & { readonly inputs: Properties },
        timeoutSeconds = 20,
    ): Promise<void> {
        await this.#resource(type).delete({
            ...this.#call(type, name),
            id,
            state,
            oldInputs: inputs,
            timeoutSeconds,
        });
    }

    async #checked(type: string, name: string, news: Properties): Promise<Properties> {
        const { inputs, failures = [] } = await this.#resource(type).check({
            ...this.#call(type, name),
            olds: {},
            news,
        });
        if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
        return inputs;
    }

    #resource(type: string): Resource {
        const resource = this.#provider.resource(type);
        if (!resource) throw new Error(`no resource ${type}`);
        return resource;
    }

    #call(type: string, name: string) {
        return {
            urn: `urn:pulumi:test::in-process::${type}::${name}`,
            type,
            name,
            signal: this.#cancel.signal,
            log: (severity: string, message: string) => {
                this.lines.push(`${severity}: ${message}`);
            },
        };
    }
}

/** A state without marks, for reading. */
export const shown = (state: Properties): Record<string, unknown> =>
    withoutSecrets(state) as Record<string, unknown>;
