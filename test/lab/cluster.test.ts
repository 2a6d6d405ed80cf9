import { createPrivateKey, X509Certificate } from "node:crypto";
import { parse } from "yaml";
import {
    CLIENTS,
    createClusterCertificates,
    type ClusterCertificates,
} from "../../lab/cluster/certificates";
import { renderKubeconfig } from "../../lab/cluster/kubeconfig";
import { withoutTemplate } from "../../lab/operators/certManager";

const now = new Date("2026-11-24T12:00:00Z");
let made: ClusterCertificates;
beforeAll(async () => {
    made = await createClusterCertificates(now);
});

describe("cluster certificates, read by node:crypto", () => {
    it.each(Object.entries(CLIENTS))("client %s is who it says", (name, identity) => {
        const { certificate, privateKey } = made.clients[name as keyof typeof CLIENTS];
        const read = new X509Certificate(certificate);
        const groups: readonly string[] = "groups" in identity ? identity.groups : [];
        expect(read.subject.split("\n")).toEqual([
            ...groups.map((group) => `O=${group}`),
            `CN=${identity.user}`,
        ]);
        expect(read.checkPrivateKey(createPrivateKey(privateKey))).toBe(true);
        expect(read.verify(new X509Certificate(made.ca.certificate).publicKey)).toBe(true);
        expect(read.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
        expect(read.ca).toBe(false);
    });

    it("the API server answers to its Service, to localhost and to its addresses", () => {
        const read = new X509Certificate(made.apiServer.certificate);
        for (const host of ["kubernetes", "kubernetes.default.svc.cluster.local", "localhost"]) {
            expect(read.checkHost(host)).toBe(host);
        }
        for (const address of ["127.0.0.1", "10.96.0.1", "10.200.0.1"])
            expect(read.checkIP(address)).toBe(address);
        expect(read.checkIP("127.0.0.2")).toBeUndefined();
        expect(read.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    });

    it("cert-manager's webhook answers to loopback alone", () => {
        const read = new X509Certificate(made.certManagerWebhook.certificate);
        expect(read.subjectAltName).toBe("IP Address:127.0.0.1");
        expect(read.verify(new X509Certificate(made.ca.certificate).publicKey)).toBe(true);
        expect(read.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    });

    it("the front proxy has an authority of its own", () => {
        const read = new X509Certificate(made.frontProxyClient.certificate);
        expect(read.verify(new X509Certificate(made.frontProxyCa.certificate).publicKey)).toBe(
            true,
        );
        expect(read.verify(new X509Certificate(made.ca.certificate).publicKey)).toBe(false);
    });

    it("are valid from a little before now, for a year", () => {
        const read = new X509Certificate(made.kubelet.certificate);
        expect(read.validFromDate).toEqual(new Date("2026-11-24T11:00:00Z"));
        expect(read.validToDate).toEqual(new Date("2027-11-24T12:00:00Z"));
    });
});

it("a kubeconfig names cluster, context and user lab", () => {
    const { admin } = made.clients;
    const text = renderKubeconfig("https://127.0.0.1:6443", made.ca.certificate, admin);
    const base64 = (pem: string): string => Buffer.from(pem).toString("base64");
    expect(parse(text)).toEqual({
        apiVersion: "v1",
        kind: "Config",
        clusters: [
            {
                name: "lab",
                cluster: {
                    server: "https://127.0.0.1:6443",
                    "certificate-authority-data": base64(made.ca.certificate),
                },
            },
        ],
        users: [
            {
                name: "lab",
                user: {
                    "client-certificate-data": base64(admin.certificate),
                    "client-key-data": base64(admin.privateKey),
                },
            },
        ],
        contexts: [{ name: "lab", context: { cluster: "lab", user: "lab" } }],
        "current-context": "lab",
    });
});

describe("cert-manager's definitions", () => {
    it("lose the chart's conditions and labels", () => {
        expect(
            withoutTemplate(
                '{{- if .Values.a }}\nkind: A\n  {{- include "l" . | nindent 4 }}\nspec: {}\n{{- end }}\n',
            ),
        ).toBe("kind: A\nspec: {}\n");
    });

    it("are refused where a template is part of a value", () => {
        expect(() => withoutTemplate("name: {{ .Release.Name }}\n")).toThrow(
            "cert-manager's definitions hold a template that is not understood: name: {{ .Release.Name }}",
        );
    });
});
