import {
    InitializationError,
    type Call,
    type CheckRequest,
    type CheckResult,
    type CreateRequest,
    type Created,
    type DeleteRequest,
    type DiffRequest,
    type DiffResult,
    type Read,
    type ReadRequest,
    type Resource,
    type UpdateRequest,
} from "../resource";
import { withoutSecrets, type Properties } from "../value";
import { createObject, managerFor, updateObject } from "./apply";
import { NotReadyError } from "./await/untilReady";
import { checkInputs } from "./check";
import { isNamespaced, sessionOf, type Connection } from "./connection";
import { deleteObject } from "./deletion";
import { difference } from "./diff";
import { ApiError } from "./errors";
import { idOf, nameOf } from "./identity";
import type { KubeObject } from "./json";
import { previewCreate, previewUpdate } from "./preview";
import { readObject } from "./read";
import { redact } from "./secrets";
import { toObject, toState } from "./state";
import type { Token } from "./token";

/** Any object of the Kubernetes API, as a Pulumi resource. */
export class KubernetesObject implements Resource {
    constructor(
        private readonly token: Token,
        private readonly connection: Connection,
    ) {}

    public async check(request: CheckRequest): Promise<CheckResult> {
        const { token, connection } = this;
        if (token.kind === "CustomResourceDefinition") this.#declare(request.news);
        const namespaced = await isNamespaced(
            token,
            connection,
            sessionOf(request, connection, true),
        );
        const { defaultNamespace } = connection;
        return checkInputs(request.news, { token, namespaced, defaultNamespace });
    }

    public async diff(request: DiffRequest): Promise<DiffResult> {
        const { token, connection } = this;
        const session = sessionOf(request, connection, true);
        return difference({
            old: request.oldInputs,
            new: request.news,
            kind: token,
            isPatch: token.isPatch,
            namespaced: await isNamespaced(token, connection, session),
            mutable: connection.settings.mutable,
        });
    }

    public async create(request: CreateRequest): Promise<Created> {
        const { token, connection } = this;
        const session = sessionOf(request, connection, request.preview);
        return this.#guarded(request, request.inputs, {}, async () => {
            if (request.preview) {
                const state = await previewCreate(request, token.isPatch, connection, session);
                return { id: "", state };
            }
            const live = await createObject(request, token.isPatch, connection, session);
            return this.#made(request, request.inputs, live, {});
        });
    }

    public async update(request: UpdateRequest): Promise<Properties> {
        const { token, connection } = this;
        const { inputs, state, preview } = request;
        const session = sessionOf(request, connection, preview);
        return this.#guarded(request, inputs, state, async () => {
            if (preview) return previewUpdate(request, connection, session);
            const live = await updateObject(request, token.isPatch, connection, session);
            return this.#made(request, inputs, live, state).state;
        });
    }

    public read(request: ReadRequest): Promise<Read | undefined> {
        const session = sessionOf(request, this.connection, false);
        return readObject(request, this.token, this.connection, session);
    }

    public delete(request: DeleteRequest): Promise<void> {
        const session = sessionOf(request, this.connection, false);
        return deleteObject(request, this.token, this.connection, session);
    }

    #declare(definition: Properties): void {
        this.connection.cluster.discovery.declare(withoutSecrets(definition) as KubeObject);
    }

    #made({ urn }: Call, inputs: Properties, live: KubeObject, before: Properties): Created {
        const fieldManager = managerFor(toObject(inputs), urn, before);
        return { id: idOf(nameOf(live)), state: toState({ live, inputs, fieldManager, before }) };
    }

    /** Errors tell no secret, and one about an object that exists carries it, so that the engine keeps it. */
    async #guarded<T>(
        call: Call,
        inputs: Properties,
        before: Properties,
        work: () => Promise<T>,
    ): Promise<T> {
        try {
            return await work();
        } catch (error) {
            if (error instanceof NotReadyError) {
                const made = { ...this.#made(call, inputs, error.live, before), inputs };
                throw new InitializationError(
                    made,
                    error.reasons.map((reason) => redact(reason, inputs)),
                );
            }
            const message = error instanceof Error ? error.message : String(error);
            const refused =
                error instanceof ApiError ? `the API server refused it: ${message}` : message;
            throw new Error(redact(refused, inputs), { cause: error });
        }
    }
}
