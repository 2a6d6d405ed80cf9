import type * as k8s from "@pulumi/kubernetes";

type Volume = k8s.types.input.core.v1.Volume;
type VolumeMount = k8s.types.input.core.v1.VolumeMount;

/** A volume with the one place where a container finds it. */
export interface Mount {
    readonly volume: Volume;
    readonly mount: VolumeMount;
}

/** Where the files of a pod lie; docs/images.md is the contract. */
export const podPaths = {
    certificate: "/etc/certs/tls.crt",
    privateKey: "/etc/certs/tls.key",
    clientCertificate: "/etc/client-certs/tls.crt",
    clientPrivateKey: "/etc/client-certs/tls.key",
    trustBundle: "/etc/trust/ca.crt",
} as const;

/**
 * Mounts a Secret's keys as files. A whole directory and never a `subPath`, which would not follow a renewal; readable by the pod's
 * `fsGroup` only.
 */
export const secretMount = (name: string, secretName: string, mountPath: string): Mount => ({
    volume: { name, secret: { secretName, defaultMode: 0o440 } },
    mount: { name, mountPath, readOnly: true },
});

/** Mounts a Secret of type kubernetes.io/tls: the keys are `tls.crt` and `tls.key`. */
export const certificateMount = (name: string, secretName: string, mountPath: string): Mount =>
    secretMount(name, secretName, mountPath);

/** Mounts a ConfigMap's keys as files. */
export const configMount = (name: string, configMapName: string, mountPath: string): Mount => ({
    volume: { name, configMap: { name: configMapName } },
    mount: { name, mountPath, readOnly: true },
});

/** An empty directory in memory, since the root file system is read-only. */
export const scratchMount = (name: string, mountPath: string, sizeLimit: string): Mount => ({
    volume: { name, emptyDir: { medium: "Memory", sizeLimit } },
    mount: { name, mountPath },
});
