import { groupOf, type GroupVersionKind } from "./identity";

/** Which of the kinds that Pulumi replaces by default may change in place. */
export interface Mutability {
    readonly configMaps: boolean;
    readonly secrets: boolean;
}

/**
 * Fields that an object must be replaced for, by group and kind; `*` stands for any item of a list. The same list as the official
 * plugin's, so that both plan the same. What the API server refuses beyond it is an error of the update.
 *
 * @see provider/pkg/provider/diff.go of pulumi-kubernetes
 */
const fixed: Readonly<Record<string, readonly string[]>> = {
    "apps DaemonSet": ["spec.selector"],
    "apps Deployment": ["spec.selector"],
    "apps StatefulSet": [
        "spec.podManagementPolicy",
        "spec.revisionHistoryLimit",
        "spec.selector",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
    ],
    "batch Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
    " PersistentVolume": [
        "awsElasticBlockStore,azureDisk,azureFile,cephfs,cinder,csi,fc,flexVolume,flocker,gcePersistentDisk,glusterfs",
        "hostPath,iscsi,local,nfs,photonPersistentDisk,portworxVolume,quobyte,rbd,scaleIO,storageos,vsphereVolume",
    ].flatMap(underSpec),
    " PersistentVolumeClaim": underSpec("accessModes,selector,storageClassName,volumeName"),
    " Pod": [
        ...underSpec(
            "affinity,automountServiceAccountToken,dnsConfig,dnsPolicy,enableServiceLinks",
        ),
        ...underSpec("hostAliases,hostIPC,hostNetwork,hostPID,hostname,imagePullSecrets,nodeName"),
        ...underSpec("nodeSelector,overhead,preemptionPolicy,priority,priorityClassName"),
        ...underSpec("readinessGates,restartPolicy,runtimeClassName,schedulerName,securityContext"),
        ...underSpec("serviceAccount,serviceAccountName,shareProcessNamespace,subdomain"),
        ...underSpec("terminationGracePeriodSeconds,volumes"),
        ...ofContainers("args,command,env,image,imagePullPolicy,lifecycle,livenessProbe,ports"),
        ...ofContainers("readinessProbe,resources,securityContext,stdin,stdinOnce,tty"),
        ...ofContainers("terminationMessagePath,terminationMessagePolicy,volumeDevices"),
        ...ofContainers("volumeMounts,workingDir"),
    ],
    " ResourceQuota": ["spec.scopes"],
    " Service": ["spec.clusterIP"],
    "rbac.authorization.k8s.io ClusterRoleBinding": ["roleRef"],
    "rbac.authorization.k8s.io RoleBinding": ["roleRef"],
    "storage.k8s.io StorageClass": ["parameters", "provisioner"],
};

function underSpec(names: string): string[] {
    return names.split(",").map((name) => `spec.${name}`);
}

function ofContainers(names: string): string[] {
    return ["containers", "initContainers"].flatMap((list) =>
        names.split(",").map((name) => `spec.${list}.*.${name}`),
    );
}

/** Paths whose change replaces an object. `isImmutable` is the `immutable` field of a ConfigMap or a Secret. */
export function fixedPaths(
    { apiVersion, kind }: GroupVersionKind,
    mutable: Mutability,
    isImmutable: boolean,
): string[][] {
    const key = `${groupOf(apiVersion)} ${kind}`;
    const paths = [...identity, ...(fixed[key] ?? [])];
    if (key === " Secret") {
        const content = mutable.secrets && !isImmutable ? [] : ["stringData", "data"];
        paths.push("type", ...content);
    }
    if (key === " ConfigMap" && !(mutable.configMaps && !isImmutable)) {
        paths.push("binaryData", "data");
    }
    return paths.map((path) => path.split("."));
}

const identity = ["kind", "metadata.name", "metadata.namespace"];

/** Whether a changed path lies in a fixed one. */
export function isFixed(
    changed: readonly string[],
    paths: readonly (readonly string[])[],
): boolean {
    return paths.some((path) =>
        path.every(
            (step, index) => step === changed[index] || (step === "*" && index < changed.length),
        ),
    );
}
