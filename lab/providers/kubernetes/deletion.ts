import type { DeleteRequest } from "../resource";
import { withoutSecrets } from "../value";
import { annotations, isSet, propagationOf, timeoutSecondsOf } from "./annotations";
import { managerFor } from "./apply";
import { untilGone } from "./await/untilGone";
import type { Session } from "./cluster";
import type { Connection } from "./connection";
import { NoKindError, UnreachableError, isNotFound } from "./errors";
import { groupOf, parseId, type ObjectName } from "./identity";
import type { KubeObject } from "./json";
import type { Token } from "./token";

/** Deletes an object and waits until it is gone; a patch gives back the fields that it set. */
export async function deleteObject(
    request: DeleteRequest,
    token: Token,
    connection: Connection,
    session: Session,
): Promise<void> {
    try {
        await remove(request, token, connection, session);
    } catch (error) {
        // The kind's definition is gone, and all its objects with it.
        if (error instanceof NoKindError) return;
        if (!(error instanceof UnreachableError)) throw error;
        if (!connection.settings.deleteUnreachable) {
            throw new Error(
                `${error.message}; if the cluster is gone for good, run again with PULUMI_K8S_DELETE_UNREACHABLE=true`,
                { cause: error },
            );
        }
        session.warn(`${error.message}; forgotten without it, as deleteUnreachable says`);
    }
}

async function remove(
    { id, urn, oldInputs, state, timeoutSeconds }: DeleteRequest,
    token: Token,
    connection: Connection,
    session: Session,
): Promise<void> {
    const { cluster, defaultNamespace } = connection;
    // An input may be unknown here only in a state that a broken engine left: it is not one of those that are read below.
    const inputs = withoutSecrets(oldInputs) as KubeObject;
    const { namespaced } = await cluster.mapping(token, session);
    const { namespace, name } = parseId(id);
    const place = { namespace: namespaced ? namespace || defaultNamespace : "", name };
    if (token.isPatch) {
        await relinquish(token, place, managerFor(inputs, urn, state), connection, session);
        return;
    }
    await cluster.delete(token, place, propagationOf(inputs), session);
    if (isSet(inputs, annotations.skipAwait) && skipsAwaitWhenDeleted(token)) return;
    await untilGone(token, place, {
        cluster,
        session,
        timeoutSeconds: timeoutSecondsOf(inputs, timeoutSeconds),
    });
}

/** An apply of nothing: what only this manager had set goes, the rest stays. */
async function relinquish(
    { apiVersion, kind }: Token,
    { namespace, name }: ObjectName,
    fieldManager: string,
    { cluster }: Connection,
    session: Session,
): Promise<void> {
    const metadata = namespace === "" ? { name } : { name, namespace };
    const found = await cluster.get({ apiVersion, kind }, { namespace, name }, session);
    if (!found) return;
    const options = { fieldManager, force: false, dryRun: false };
    try {
        await cluster.apply({ apiVersion, kind, metadata }, options, session);
    } catch (error) {
        if (!isNotFound(error)) throw error;
    }
}

/** Kinds for which upstream lets `skipAwait` speak of deletion, too. */
function skipsAwaitWhenDeleted({ apiVersion, kind }: Token): boolean {
    return skipping.has(`${groupOf(apiVersion)} ${kind}`);
}

const skipping: ReadonlySet<string> = new Set([
    " Namespace",
    " Pod",
    " ReplicationController",
    "apps DaemonSet",
    "apps Deployment",
    "apps StatefulSet",
    "batch Job",
]);
