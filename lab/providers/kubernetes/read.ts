import type { Read, ReadRequest } from "../resource";
import type { Properties } from "../value";
import { managerFor } from "./apply";
import type { Session } from "./cluster";
import type { Connection } from "./connection";
import { driftedInputs } from "./drift";
import { NoKindError } from "./errors";
import { idOf, nameOf, parseId, type ObjectName } from "./identity";
import type { KubeObject } from "./json";
import { importedInputs, toState } from "./state";
import type { Token } from "./token";

/** Looks an object up by its id: for a refresh, or for an import, where there are no inputs yet. Undefined where it is gone. */
export async function readObject(
    { id, urn, state, inputs }: ReadRequest,
    token: Token,
    connection: Connection,
    session: Session,
): Promise<Read | undefined> {
    const live = await find(id, token, connection, session);
    if (!live) return undefined;
    const fieldManager = managerFor(live, urn, state);
    const isImport = inputs === undefined || Object.keys(inputs).length === 0;
    const nowInputs = isImport ? importedInputs(live) : drift(inputs, state, live, fieldManager);
    const now = toState({ live, inputs: nowInputs, fieldManager, before: state });
    return { id: idOf(nameOf(live)), state: now, inputs: nowInputs };
}

function drift(
    inputs: Properties,
    state: Properties,
    live: KubeObject,
    fieldManager: string,
): Properties {
    return driftedInputs(inputs, state, toState({ live, inputs, fieldManager, before: state }));
}

async function find(
    id: string,
    token: Token,
    { cluster, defaultNamespace }: Connection,
    session: Session,
): Promise<KubeObject | undefined> {
    try {
        const { namespaced } = await cluster.mapping(token, session);
        const { namespace, name } = parseId(id);
        const place: ObjectName = {
            namespace: namespaced ? namespace || defaultNamespace : "",
            name,
        };
        return await cluster.get(token, place, session);
    } catch (error) {
        // The kind's definition is gone, and all its objects with it.
        if (error instanceof NoKindError) return undefined;
        throw error;
    }
}
