import type { CreateRequest, UpdateRequest } from "../resource";
import { containsUnknown, type Properties } from "../value";
import { applyReadably, forces, leavingAlone, managerFor } from "./apply";
import type { Session } from "./cluster";
import type { Connection } from "./connection";
import { ApiError, NoKindError, UnreachableError, isNotFound } from "./errors";
import { groupOf, nameOf } from "./identity";
import { textAt, withAt, type KubeObject } from "./json";
import { guessState, previewState, toObject, toState } from "./state";

/**
 * What a new object will be like: the server's answer to a dry run. Where the server cannot be asked, since a value is not known,
 * or the namespace or the kind will only be made by this `up`, it is what the inputs say.
 */
export async function previewCreate(
    { urn, inputs }: CreateRequest,
    isPatch: boolean,
    connection: Connection,
    session: Session,
): Promise<Properties> {
    if (isPatch || containsUnknown(inputs)) return guessState(inputs);
    const object = toObject(inputs);
    const fieldManager = managerFor(object, urn);
    // Always by force: in a replacement the old object still stands there, with fields of others.
    const options = { fieldManager, force: true, dryRun: true };
    try {
        const live = await dryRun(object, (wanted) =>
            applyReadably(wanted, options, connection, session),
        );
        return previewState(toState({ live, inputs, fieldManager }));
    } catch (error) {
        if (!cannotSay(error, session)) throw error;
        return guessState(inputs);
    }
}

/** What a change will make of an object. */
export async function previewUpdate(
    { urn, inputs, state, ignoreChanges }: UpdateRequest,
    connection: Connection,
    session: Session,
): Promise<Properties> {
    if (containsUnknown(inputs)) return guessState(inputs, state);
    try {
        const object = await leavingAlone(toObject(inputs), ignoreChanges, connection, session);
        const fieldManager = managerFor(object, urn, state);
        const options = { fieldManager, force: forces(object, connection), dryRun: true };
        const live = await applyReadably(object, options, connection, session);
        return toState({ live, inputs, fieldManager, before: state });
    } catch (error) {
        if (!cannotSay(error, session)) throw error;
        return guessState(inputs, state);
    }
}

/**
 * A dry run of a new object. Where it fails since an old one with fixed fields stands in its place, which a replacement deletes
 * first, it is tried under another name.
 */
async function dryRun(
    object: KubeObject,
    apply: (object: KubeObject) => Promise<KubeObject>,
): Promise<KubeObject> {
    try {
        return await apply(object);
    } catch (error) {
        if (!isImmutable(error) || bearsItsName(object)) throw error;
        const { name } = nameOf(object);
        const other = `${name.slice(0, longestName - 8).replace(/\W+$/, "")}-preview`;
        const live = await apply(withAt(object, ["metadata", "name"], other));
        return withAt(live, ["metadata", "name"], name);
    }
}

/** Names of Services and Namespaces are DNS labels. */
const longestName = 63;

/** A CustomResourceDefinition's name is made of its content. */
const bearsItsName = (object: KubeObject): boolean =>
    ["apiextensions.k8s.io", "apiregistration.k8s.io"].includes(
        groupOf(textAt(object, "apiVersion")),
    );

function isImmutable(error: unknown): boolean {
    if (!(error instanceof ApiError) || error.code !== 422) return false;
    return /immutable|updates to .* are forbidden|may not be changed|can not be changed|cannot change/i.test(
        error.message,
    );
}

/** Whether an error means that the server cannot judge the object yet, and not that it refuses it. */
function cannotSay(error: unknown, session: Session): boolean {
    if (error instanceof UnreachableError) {
        session.warn(`${error.message}; previewed without it`);
        return true;
    }
    if (error instanceof NoKindError || isNotFound(error)) return true;
    if (!(error instanceof ApiError)) return false;
    if (/does not support dry run/.test(error.message)) return true;
    if (error.code !== 403) return false;
    // A pod that names a ServiceAccount or PriorityClass of this `up`; a user who may only read.
    return /not found|was found|cannot (create|patch) resource/.test(error.message);
}
