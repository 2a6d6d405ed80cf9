import { Purpose } from "../../../components/pki/hierarchy";
import { keyPairSecrets, trustBundles } from "../../../components/platform/authorities";
import type { ClusterObject } from "./environment";

/** What cert-manager signs with, as its Secret has it. */
export interface Issuer {
    readonly keyPem: string;
    /** Of the intermediate, then of the root. */
    readonly chainPem: string;
}

/** What lies in the cluster of one hierarchy. */
export interface Published extends Issuer {
    readonly bundlePem: string;
    /** Of the Secret and the ConfigMap: another one was made anew, and there was a moment without. */
    readonly uids: readonly string[];
}

/** What lies there of every purpose; undefined while nothing issues. */
export function published(
    objects: readonly ClusterObject[],
): Readonly<Record<Purpose, Published>> | undefined {
    const secrets = objects.filter(({ type }) => type === "kubernetes.io/tls");
    if (secrets.length === 0) return undefined;
    const of = (purpose: Purpose): Published => {
        const secret = only(secrets, keyPairSecrets[purpose]);
        const bundle = only(objects, trustBundles[purpose]);
        return {
            keyPem: decoded(secret.data?.["tls.key"]),
            chainPem: decoded(secret.data?.["tls.crt"]),
            bundlePem: bundle.data?.["ca.crt"] ?? "",
            uids: [secret.metadata.uid, bundle.metadata.uid],
        };
    };
    const all = {
        [Purpose.Workload]: of(Purpose.Workload),
        [Purpose.Mesh]: of(Purpose.Mesh),
        [Purpose.Vpn]: of(Purpose.Vpn),
    };
    if (secrets.length > Object.keys(all).length)
        throw new Error(`${secrets.length} Secrets hold key pairs`);
    return all;
}

function only(objects: readonly ClusterObject[], name: string): ClusterObject {
    const found = objects.find(({ metadata }) => metadata.name === name);
    if (found === undefined) throw new Error(`the cluster has no ${name}`);
    return found;
}

const decoded = (text = ""): string => Buffer.from(text, "base64").toString();
