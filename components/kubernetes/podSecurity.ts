import type * as k8s from "@pulumi/kubernetes";

/** Namespace labels under which nothing but a restricted pod is admitted. @see Kubernetes, Pod Security Standards */
export const restrictedNamespaceLabels = {
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/enforce-version": "latest",
    "pod-security.kubernetes.io/audit": "restricted",
    "pod-security.kubernetes.io/warn": "restricted",
} as const;

/** A pod as the `restricted` standard wants it. The group is the user's own, so that it may read its Secrets. */
export const restrictedPod = (uid: number): k8s.types.input.core.v1.PodSecurityContext => ({
    runAsNonRoot: true,
    runAsUser: uid,
    runAsGroup: uid,
    fsGroup: uid,
    seccompProfile: { type: "RuntimeDefault" },
});

/** A container as the `restricted` standard wants it, on a root file system that it cannot write. */
export const restrictedContainer: k8s.types.input.core.v1.SecurityContext = {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
};
