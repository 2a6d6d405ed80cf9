import type { CreateRequest, UpdateRequest } from "../resource";
import type { Properties } from "../value";
import { annotation, annotations, isSet, timeoutSecondsOf } from "./annotations";
import { untilReady } from "./await/untilReady";
import { untilGone } from "./await/untilGone";
import type { ApplyOptions, Session } from "./cluster";
import type { Connection } from "./connection";
import { ApiError, conflictsOf, isNotFound } from "./errors";
import { describe, fieldManagerOf, wasMadeBy, kindOf, nameOf, idOf } from "./identity";
import { at, textAt, withAt, type KubeObject } from "./json";
import { patiently } from "./patience";
import { fieldManagerIn, toObject } from "./state";

/** The field manager of a resource: what its annotation says, what its state says, else its own. */
export function managerFor(object: KubeObject, urn: string, state: Properties = {}): string {
    const written = annotation(object, annotations.patchFieldManager);
    return written || (fieldManagerIn(state) ?? fieldManagerOf(urn));
}

export function forces(object: KubeObject, { settings }: Connection): boolean {
    return settings.enablePatchForce || isSet(object, annotations.patchForce);
}

/**
 * Makes an object. One that is there already is refused, as upstream does, unless this very resource made it: then an earlier `up`
 * was interrupted before it could say so, and its work is taken up.
 */
export async function createObject(
    { urn, inputs, timeoutSeconds }: CreateRequest,
    isPatch: boolean,
    connection: Connection,
    session: Session,
): Promise<KubeObject> {
    const object = toObject(inputs);
    const fieldManager = managerFor(object, urn);
    const seconds = timeoutSecondsOf(object, timeoutSeconds);
    const { cluster } = connection;
    await cluster.mappingSoon(kindOf(object), session);
    const found = await cluster.get(kindOf(object), nameOf(object), session);
    if (found && textAt(found, "metadata", "deletionTimestamp") !== "") {
        await untilGone(kindOf(object), nameOf(object), {
            cluster,
            session,
            timeoutSeconds: seconds,
        });
    } else if (found && !isPatch) {
        refuseForeign(found, fieldManager, connection);
    }
    const options = { fieldManager, force: forces(object, connection), dryRun: false };
    const live = await applyNew(object, options, connection, session);
    return isPatch ? live : untilReady(live, { cluster, session, timeoutSeconds: seconds });
}

function refuseForeign(found: KubeObject, fieldManager: string, { settings }: Connection): void {
    if (settings.upsertExistingObjects || wasMadeBy(found, fieldManager)) return;
    throw new Error(
        `${describe(found)} exists already, and this resource did not make it; adopt it with \`pulumi import ${importArguments(found)}\`, or set upsertExistingObjects on the provider`,
    );
}

function importArguments(object: KubeObject): string {
    const { apiVersion, kind } = kindOf(object);
    const group = apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`;
    return `kubernetes:${group}:${kind} <name> ${idOf(nameOf(object))}`;
}

/** A namespace or a kind may have been made a moment ago by a resource that this one does not name as a dependency. */
function applyNew(
    object: KubeObject,
    options: ApplyOptions,
    connection: Connection,
    session: Session,
): Promise<KubeObject> {
    return patiently(
        {
            milliseconds: session.patienceMilliseconds,
            signal: session.signal,
            onRetry: (error) => {
                session.status(error instanceof Error ? error.message : String(error));
            },
        },
        isNotFound,
        () => applyReadably(object, options, connection, session),
    );
}

/** Applies, and says of a conflict whose the fields are and what to do. */
export async function applyReadably(
    object: KubeObject,
    options: ApplyOptions,
    { cluster }: Connection,
    session: Session,
): Promise<KubeObject> {
    try {
        return await cluster.apply(object, options, session);
    } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 409) throw error;
        const conflicts = conflictsOf(error);
        if (conflicts.length === 0) throw error;
        throw new Error(
            `${describe(object)}: others manage fields that this resource sets: ${conflicts.join(", ")}; leave them out of the program, or take them over with the annotation ${annotations.patchForce}: "true"`,
            { cause: error },
        );
    }
}

/** Changes an object in place, and waits as for a new one. One that has gone meanwhile is made again. */
export async function updateObject(
    { urn, inputs, state, timeoutSeconds, ignoreChanges }: UpdateRequest,
    isPatch: boolean,
    connection: Connection,
    session: Session,
): Promise<KubeObject> {
    const { cluster } = connection;
    const object = await leavingAlone(toObject(inputs), ignoreChanges, connection, session);
    const options = {
        fieldManager: managerFor(object, urn, state),
        force: forces(object, connection),
        dryRun: false,
    };
    const live = await applyReadably(object, options, connection, session);
    const seconds = timeoutSecondsOf(object, timeoutSeconds);
    return isPatch ? live : untilReady(live, { cluster, session, timeoutSeconds: seconds });
}

/** The object with what the cluster has at the paths that are to be ignored: the same value is never a conflict. */
export async function leavingAlone(
    object: KubeObject,
    ignoreChanges: readonly string[],
    { cluster }: Connection,
    session: Session,
): Promise<KubeObject> {
    const paths = ignoreChanges.filter((path) => /^[\w-]+(\.[\w-]+)*$/.test(path));
    if (paths.length === 0) return object;
    const live = await cluster.get(kindOf(object), nameOf(object), session);
    return paths
        .map((path) => path.split("."))
        .reduce((kept, path) => {
            const value = at(live, ...path);
            return value === undefined ? kept : withAt(kept, path, value);
        }, object);
}
