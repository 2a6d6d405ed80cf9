import { NoKindError, isNotFound } from "./errors";
import type { Send } from "./http";
import { groupOf, type GroupVersionKind, type ObjectName } from "./identity";
import { at, listAt, textAt, type KubeObject } from "./json";

/** Where the API server has a kind. */
export interface Mapping {
    /** `/apis/apps/v1`. */
    readonly root: string;
    /** `deployments`. */
    readonly plural: string;
    readonly namespaced: boolean;
}

/** Learns from the API server which kinds it serves, a group and version at a time. */
export class Discovery {
    readonly #known = new Map<string, Promise<ReadonlyMap<string, Mapping>>>();
    readonly #declared = new Map<string, boolean>();

    constructor(private readonly send: Send) {}

    /**
     * The place of a kind. A kind that was not there is asked for anew, as a CustomResourceDefinition may have been made since.
     * Throws `NoKindError`.
     */
    public async mapping(wanted: GroupVersionKind, signal: AbortSignal): Promise<Mapping> {
        const known = await this.#kindsOf(wanted.apiVersion, signal);
        const mapping = known.get(wanted.kind);
        if (mapping) return mapping;
        this.#known.delete(wanted.apiVersion);
        throw new NoKindError(wanted.apiVersion, wanted.kind);
    }

    /** Remembers the scope of a kind whose definition is part of the same program, and may not be in the cluster yet. */
    public declare(definition: KubeObject): void {
        const kind = textAt(definition, "spec", "names", "kind");
        const group = textAt(definition, "spec", "group");
        this.#declared.set(`${group}/${kind}`, textAt(definition, "spec", "scope") !== "Cluster");
    }

    /** Whether objects of a kind lie in a namespace, as far as can be known without the API server. */
    public guessNamespaced({ apiVersion, kind }: GroupVersionKind): boolean {
        const group = groupOf(apiVersion);
        return this.#declared.get(`${group}/${kind}`) ?? !clusterScoped.has(kind);
    }

    #kindsOf(apiVersion: string, signal: AbortSignal): Promise<ReadonlyMap<string, Mapping>> {
        const known = this.#known.get(apiVersion);
        if (known) return known;
        const asked = this.#ask(apiVersion, signal);
        this.#known.set(apiVersion, asked);
        // A failure is not remembered: the server may answer the next time.
        asked.catch(() => this.#known.delete(apiVersion));
        return asked;
    }

    async #ask(apiVersion: string, signal: AbortSignal): Promise<ReadonlyMap<string, Mapping>> {
        const root = groupOf(apiVersion) === "" ? `/api/${apiVersion}` : `/apis/${apiVersion}`;
        try {
            const { object } = await this.send({ method: "GET", path: root, signal });
            return kindsIn(root, object);
        } catch (error) {
            if (isNotFound(error)) return new Map();
            throw error;
        }
    }
}

function kindsIn(root: string, list: KubeObject): ReadonlyMap<string, Mapping> {
    return new Map(
        listAt(list, "resources")
            // `deployments/scale` is a part of an object, and names a kind of its own.
            .filter((entry) => !textAt(entry, "name").includes("/"))
            .map((entry) => [
                textAt(entry, "kind"),
                {
                    root,
                    plural: textAt(entry, "name"),
                    namespaced: at(entry, "namespaced") === true,
                },
            ]),
    );
}

/** Path of one object. */
export function pathOf(
    { root, plural, namespaced }: Mapping,
    { namespace, name }: ObjectName,
): string {
    const place = namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : "";
    return `${root}${place}/${plural}/${encodeURIComponent(name)}`;
}

/** Path of all objects of a kind in a namespace. */
export function collectionPathOf({ root, plural, namespaced }: Mapping, namespace: string): string {
    const place = namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : "";
    return `${root}${place}/${plural}`;
}

/** Kinds of Kubernetes itself that lie in no namespace, for a preview without an API server. */
const clusterScoped: ReadonlySet<string> = new Set([
    "APIService",
    "CSIDriver",
    "CSINode",
    "CertificateSigningRequest",
    "ClusterRole",
    "ClusterRoleBinding",
    "ClusterTrustBundle",
    "CustomResourceDefinition",
    "FlowSchema",
    "IngressClass",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "RuntimeClass",
    "StorageClass",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
    "VolumeAttachment",
]);
