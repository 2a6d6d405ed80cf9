import { isObject, type KubernetesObject } from "../kubernetesObject";
import { perSubject } from "./perSubject";

/** A field of a certificate, wherever it is written. */
export interface Field {
    /** Place inside the subject, for example `spec.duration`. */
    readonly at: string;
    /** Nothing where the field is absent or null. Throws `UnknownValue` where preview does not know it. */
    readonly read: () => unknown;
}

/** What says how a certificate and its key are renewed. */
export interface CertificateFields {
    readonly duration: Field;
    readonly renewBefore: Field;
    readonly renewBeforePercentage: Field;
    readonly rotationPolicy: Field;
    readonly isCa: Field;
    readonly renewal: Field;
}

/** cert-manager's group, and the one it had before 0.11. */
const groups = new Set(["cert-manager.io", "certmanager.k8s.io"]);

/**
 * The certificates that a subject asks cert-manager for: a Certificate of any version, or an Ingress or Gateway whose annotations make
 * one.
 */
export const certificatesOf = perSubject((subject): CertificateFields[] => {
    const { group, kind, properties } = subject;
    if (groups.has(group) && kind === "Certificate") return [fromSpec(properties)];
    if (!annotatedKinds.has(`${group} ${kind}`)) return [];
    const annotations = member(properties.metadata, "annotations");
    return isObject(annotations) && issuers.some((name) => `${prefix}${name}` in annotations)
        ? [fromAnnotations(annotations)]
        : [];
});

function fromSpec(properties: KubernetesObject): CertificateFields {
    const spec = (...path: string[]): Field => ({
        at: ["spec", ...path].join("."),
        read: () => path.reduce(member, properties.spec) ?? undefined,
    });
    return {
        duration: spec("duration"),
        renewBefore: spec("renewBefore"),
        renewBeforePercentage: spec("renewBeforePercentage"),
        rotationPolicy: spec("privateKey", "rotationPolicy"),
        isCa: spec("isCA"),
        renewal: spec("renewal"),
    };
}

const annotatedKinds = new Set([
    "networking.k8s.io Ingress",
    "extensions Ingress",
    "gateway.networking.k8s.io Gateway",
]);

const prefix = "cert-manager.io/";
const issuers = ["issuer", "cluster-issuer"];

/** @see https://cert-manager.io/docs/usage/ingress/#supported-annotations */
function fromAnnotations(annotations: KubernetesObject): CertificateFields {
    const annotation = (name: string): Field => ({
        at: `metadata.annotations[${JSON.stringify(`${prefix}${name}`)}]`,
        read: () => annotations[`${prefix}${name}`] ?? undefined,
    });
    const percentage = annotation("renew-before-percentage");
    const absent = { at: "metadata.annotations", read: () => undefined };
    return {
        duration: annotation("duration"),
        renewBefore: annotation("renew-before"),
        renewBeforePercentage: { ...percentage, read: () => asNumber(percentage.read()) },
        rotationPolicy: annotation("private-key-rotation-policy"),
        isCa: absent,
        renewal: absent,
    };
}

/** An annotation is a string. */
const asNumber = (value: unknown): unknown =>
    typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;

const member = (value: unknown, name: string): unknown =>
    isObject(value) ? value[name] : undefined;
