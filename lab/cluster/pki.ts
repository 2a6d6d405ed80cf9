import path from "node:path";
import { writeAtomically } from "../host/files";
import { createClusterCertificates, type KeyPair } from "./certificates";
import type { ClusterFiles } from "./files";
import { renderKubeconfig } from "./kubeconfig";
import { cluster } from "./settings";

/** Makes keys, certificates and kubeconfigs of a new cluster; private keys are readable by their owner alone. */
export async function writePki(files: ClusterFiles, apiPort: number): Promise<void> {
    const made = await createClusterCertificates(new Date());
    const save = (name: string, pair: KeyPair): void => {
        writeAtomically(path.join(files.pki, `${name}.crt`), pair.certificate);
        writeAtomically(path.join(files.pki, `${name}.key`), pair.privateKey, 0o600);
    };
    save("ca", made.ca);
    save("front-proxy-ca", made.frontProxyCa);
    save("front-proxy-client", made.frontProxyClient);
    save("apiserver", made.apiServer);
    save("kubelet", made.kubelet);
    save("cert-manager-webhook", made.certManagerWebhook);
    writeAtomically(path.join(files.pki, "sa.pub"), made.serviceAccounts.publicKey);
    writeAtomically(path.join(files.pki, "sa.key"), made.serviceAccounts.privateKey, 0o600);

    const inside = `https://${cluster.nodeAddress}:${cluster.apiPort}`;
    const outside = `https://127.0.0.1:${apiPort}`;
    const kubeconfig = (file: string, server: string, client: KeyPair): void => {
        writeAtomically(file, renderKubeconfig(server, made.ca.certificate, client), 0o600);
    };
    for (const [name, client] of Object.entries({ ...made.clients, kubelet: made.kubelet })) {
        save(name, client);
        kubeconfig(path.join(files.pki, `${name}.kubeconfig`), inside, client);
    }
    kubeconfig(
        path.join(files.pki, "load-balancer-outside.kubeconfig"),
        outside,
        made.clients["load-balancer"],
    );
    kubeconfig(files.kubeconfig, outside, made.clients.admin);
}
