import { configHash } from "../../../components/kubernetes/configHash";
import { isFixedImage } from "../../../components/kubernetes/image";
import { certificateMount, configMount } from "../../../components/kubernetes/mounts";
import { allow, podsIn, podsOf } from "../../../components/kubernetes/networkPolicy";

describe("a hash of config", () => {
    it("depends on names and texts, not on their order", () => {
        const hash = configHash({ a: "1", b: "2" });
        expect(hash).toMatch(/^[0-9a-f]{64}$/);
        expect(configHash({ b: "2", a: "1" })).toBe(hash);
        expect(configHash({ a: "1", b: "3" })).not.toBe(hash);
        expect(configHash({ a: "1b", "": "2" })).not.toBe(configHash({ a: "1", b: "2" }));
    });
});

describe("an image", () => {
    const digest = `@sha256:${"0".repeat(64)}`;

    it.each([
        "nginx:1.26",
        "lab/api:0.1.0",
        "r.example:5000/a/b:v1",
        `nginx${digest}`,
        `a:b${digest}`,
    ])("%s says which one it means", (image) => {
        expect(isFixedImage(image)).toBe(true);
    });

    it.each([
        "nginx",
        "nginx:latest",
        "r.example:5000/nginx",
        "",
        "nginx:",
        "Nginx:1",
        "a:b:c",
        "a:1 b",
    ])("%j does not", (image) => {
        expect(isFixedImage(image)).toBe(false);
    });
});

describe("a mount", () => {
    it("of a certificate is a whole directory, read-only, for the pod's own group", () => {
        expect(certificateMount("certificate", "api-server", "/etc/certs")).toEqual({
            volume: {
                name: "certificate",
                secret: { secretName: "api-server", defaultMode: 0o440 },
            },
            mount: { name: "certificate", mountPath: "/etc/certs", readOnly: true },
        });
    });

    it("of config is a whole directory, read-only", () => {
        expect(configMount("trust", "workload-trust", "/etc/trust")).toEqual({
            volume: { name: "trust", configMap: { name: "workload-trust" } },
            mount: { name: "trust", mountPath: "/etc/trust", readOnly: true },
        });
    });
});

it("lets in and out what is named, and names beside it", () => {
    const flows = {
        ingress: [{ peers: [], ports: [8443] }],
        egress: [{ peers: [podsOf("api"), podsIn("tenant")], ports: [3001] }],
    };
    expect(allow("gateway", flows)).toEqual({
        podSelector: { matchLabels: { app: "gateway" } },
        policyTypes: ["Ingress", "Egress"],
        ingress: [{ ports: [{ protocol: "TCP", port: 8443 }] }],
        egress: [
            {
                to: [
                    {
                        namespaceSelector: {
                            matchLabels: { "kubernetes.io/metadata.name": "kube-system" },
                        },
                        podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
                    },
                ],
                ports: [
                    { protocol: "UDP", port: 53 },
                    { protocol: "TCP", port: 53 },
                ],
            },
            {
                to: [
                    { podSelector: { matchLabels: { app: "api" } } },
                    {
                        namespaceSelector: {
                            matchLabels: { "kubernetes.io/metadata.name": "tenant" },
                        },
                    },
                ],
                ports: [{ protocol: "TCP", port: 3001 }],
            },
        ],
    });
});
