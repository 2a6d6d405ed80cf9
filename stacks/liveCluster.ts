import {
    AdmissionregistrationV1Api,
    ApiException,
    ApiextensionsV1Api,
    AppsV1Api,
    AuthorizationV1Api,
    CoordinationV1Api,
    DiscoveryV1Api,
    StorageV1Api,
    VersionApi,
    type KubeConfig,
} from "@kubernetes/client-node";
import type { ClusterView } from "./prerequisites";

const defaultClass = "storageclass.kubernetes.io/is-default-class";

/** Labels of cert-manager's own manifests and chart. */
const certManagerController =
    "app.kubernetes.io/name=cert-manager,app.kubernetes.io/component=controller";

/** The cluster of a kubeconfig's current context, as its API server shows it. */
export const liveCluster = (kubeconfig: KubeConfig): ClusterView => ({
    serverVersion: async () => (await kubeconfig.makeApiClient(VersionApi).getCode()).gitVersion,

    servedVersions: async (name) => {
        const api = kubeconfig.makeApiClient(ApiextensionsV1Api);
        const found = await orAbsent(api.readCustomResourceDefinition({ name }));
        return found?.spec.versions.filter(({ served }) => served).map((one) => one.name) ?? [];
    },

    leaderSeen: async (lease) => {
        const api = kubeconfig.makeApiClient(CoordinationV1Api);
        const { items } = await api.listLeaseForAllNamespaces({
            fieldSelector: `metadata.name=${lease}`,
        });
        // Whoever ends in good order leaves its lease without a holder.
        const renewed = items.find(({ spec }) => spec?.holderIdentity)?.spec?.renewTime;
        // The client says Date, and hands over the text.
        return renewed && new Date(renewed);
    },

    certManagerVersion: async () => {
        const { items } = await kubeconfig
            .makeApiClient(AppsV1Api)
            .listDeploymentForAllNamespaces({ labelSelector: certManagerController });
        return items[0]?.metadata?.labels?.["app.kubernetes.io/version"];
    },

    defaultStorageClass: async () => {
        const { items } = await kubeconfig.makeApiClient(StorageV1Api).listStorageClass();
        return items.find(({ metadata }) => metadata?.annotations?.[defaultClass] === "true")
            ?.metadata?.name;
    },

    dnsEndpoints: () => dnsEndpoints(kubeconfig.makeApiClient(DiscoveryV1Api)),

    servesAdmissionPolicies: async () => {
        const api = kubeconfig.makeApiClient(AdmissionregistrationV1Api);
        const { resources } = await api.getAPIResources();
        return resources.some(({ name }) => name === "validatingadmissionpolicies");
    },

    ...accessReviews(kubeconfig.makeApiClient(AuthorizationV1Api)),
});

/** Who may do what, as the API server's authorizer answers. */
const accessReviews = (api: AuthorizationV1Api): Pick<ClusterView, "may" | "mayUser"> => ({
    may: async (access) => {
        const review = await api.createSelfSubjectAccessReview({
            body: { spec: { resourceAttributes: access } },
        });
        return review.status?.allowed === true;
    },

    mayUser: async (user, access) => {
        const review = await api.createSubjectAccessReview({
            body: { spec: { user, groups: groupsOf(user), resourceAttributes: access } },
        });
        return review.status?.allowed === true;
    },
});

/** Groups that the API server counts a ServiceAccount to. */
function groupsOf(user: string): string[] {
    const namespace = /^system:serviceaccount:([^:]+):/.exec(user)?.[1];
    const accounts =
        namespace === undefined
            ? []
            : ["system:serviceaccounts", `system:serviceaccounts:${namespace}`];
    return [...accounts, "system:authenticated"];
}

async function dnsEndpoints(api: DiscoveryV1Api): Promise<number> {
    const { items } = await api.listNamespacedEndpointSlice({
        namespace: "kube-system",
        labelSelector: "kubernetes.io/service-name=kube-dns",
    });
    return items
        .flatMap(({ endpoints }) => endpoints ?? [])
        .filter(({ conditions }) => conditions?.ready !== false).length;
}

/** The object, or undefined where the API server does not know it. */
async function orAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
    try {
        return await answer;
    } catch (error) {
        if (error instanceof ApiException && error.code === 404) return undefined;
        throw error;
    }
}
