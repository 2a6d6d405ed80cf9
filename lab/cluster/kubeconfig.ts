import { stringify } from "yaml";
import type { KeyPair } from "./certificates";
import { cluster } from "./settings";

/** Renders a kubeconfig whose cluster, context and user are all named `lab`. */
export function renderKubeconfig(server: string, caCertificate: string, client: KeyPair): string {
    const base64 = (text: string): string => Buffer.from(text).toString("base64");
    return stringify(
        {
            apiVersion: "v1",
            kind: "Config",
            clusters: [
                {
                    name: cluster.name,
                    cluster: { server, "certificate-authority-data": base64(caCertificate) },
                },
            ],
            users: [
                {
                    name: cluster.name,
                    user: {
                        "client-certificate-data": base64(client.certificate),
                        "client-key-data": base64(client.privateKey),
                    },
                },
            ],
            contexts: [
                { name: cluster.name, context: { cluster: cluster.name, user: cluster.name } },
            ],
            "current-context": cluster.name,
        },
        { lineWidth: 0 },
    );
}
