import { Discovery, collectionPathOf, pathOf, type Mapping } from "./discovery";
import { NoKindError, isNotFound, isTransient } from "./errors";
import type { ApiAnswer, ApiRequest, Send } from "./http";
import { kindOf, nameOf, type GroupVersionKind, type ObjectName } from "./identity";
import { isMap, listAt, withAt, withoutAt, type KubeObject } from "./json";
import { patiently } from "./patience";
import type { Propagation } from "./annotations";

/** How one resource talks to the cluster. */
export interface Session {
    readonly signal: AbortSignal;
    /** How long to try again where nobody answers: none in a preview, which is to be quick and can do without. */
    readonly patienceMilliseconds: number;
    readonly warn: (message: string) => void;
    readonly status: (message: string) => void;
}

export interface ApplyOptions {
    readonly fieldManager: string;
    /** Takes over fields that others manage. */
    readonly force: boolean;
    /** The server does everything but keep it. */
    readonly dryRun: boolean;
}

/** The objects of one API server. Every request may be repeated: reads, server-side apply and deletes. */
export class Cluster {
    public readonly discovery: Discovery;

    constructor(private readonly send: Send) {
        this.discovery = new Discovery(send);
    }

    public mapping(kind: GroupVersionKind, session: Session): Promise<Mapping> {
        return patiently(
            { milliseconds: session.patienceMilliseconds, ...this.#retries(session) },
            isTransient,
            () => this.discovery.mapping(kind, session.signal),
        );
    }

    /** The mapping of a kind whose definition may be so new that the server does not serve it yet. */
    public mappingSoon(kind: GroupVersionKind, session: Session): Promise<Mapping> {
        return patiently(
            { milliseconds: session.patienceMilliseconds, ...this.#retries(session) },
            (error) => error instanceof NoKindError || isTransient(error),
            () => this.discovery.mapping(kind, session.signal),
        );
    }

    /** The object as it is; undefined where it is not. */
    public async get(
        kind: GroupVersionKind,
        name: ObjectName,
        session: Session,
    ): Promise<KubeObject | undefined> {
        const path = pathOf(await this.mapping(kind, session), name);
        try {
            return await this.#request({ method: "GET", path, signal: session.signal }, session);
        } catch (error) {
            if (isNotFound(error)) return undefined;
            throw error;
        }
    }

    /** Server-side apply: the server merges, checks and fills in. Unknown fields are refused. */
    public async apply(
        object: KubeObject,
        options: ApplyOptions,
        session: Session,
    ): Promise<KubeObject> {
        const mapping = await this.mappingSoon(kindOf(object), session);
        const body = mapping.namespaced ? object : withoutAt(object, "metadata", "namespace");
        return this.#request(
            {
                method: "PATCH",
                path: pathOf(mapping, nameOf(body)),
                query: {
                    fieldManager: options.fieldManager,
                    force: String(options.force),
                    fieldValidation: "Strict",
                    ...(options.dryRun ? { dryRun: "All" } : {}),
                },
                body,
                contentType: "application/apply-patch+yaml",
                signal: session.signal,
            },
            session,
        );
    }

    /** Asks for the end of an object; one that is gone is no error. */
    public async delete(
        kind: GroupVersionKind,
        name: ObjectName,
        propagationPolicy: Propagation,
        session: Session,
    ): Promise<void> {
        const path = pathOf(await this.mapping(kind, session), name);
        const query = { propagationPolicy };
        try {
            await this.#request({ method: "DELETE", path, query, signal: session.signal }, session);
        } catch (error) {
            if (!isNotFound(error)) throw error;
        }
    }

    /** Objects of a kind in a namespace, by a label or field selector. */
    public async list(
        kind: GroupVersionKind,
        namespace: string,
        query: Readonly<Record<string, string>>,
        session: Session,
    ): Promise<readonly KubeObject[]> {
        const path = collectionPathOf(await this.mapping(kind, session), namespace);
        const list = await this.#request(
            { method: "GET", path, query, signal: session.signal },
            session,
        );
        // Items of a list leave their kind out.
        return listAt(list, "items")
            .filter(isMap)
            .map((item) =>
                withAt(withAt(item, ["apiVersion"], kind.apiVersion), ["kind"], kind.kind),
            );
    }

    async #request(request: ApiRequest, session: Session): Promise<KubeObject> {
        const answer = await patiently(
            { milliseconds: session.patienceMilliseconds, ...this.#retries(session) },
            isTransient,
            () => this.send(request),
        );
        this.#passOnWarnings(answer, session);
        return answer.object;
    }

    #passOnWarnings({ warnings }: ApiAnswer, { warn }: Session): void {
        for (const warning of warnings) warn(warning);
    }

    #retries({ signal, status }: Session) {
        return {
            signal,
            onRetry: (error: unknown) => {
                status(error instanceof Error ? `trying again: ${error.message}` : "trying again");
            },
        };
    }
}
