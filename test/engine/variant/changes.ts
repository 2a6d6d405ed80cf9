import type { ResourceTransformation } from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/** What somebody might change in the program: each takes one resource of it and changes one thing. */
const edit =
    (type: string, name: string, change: (props: Props) => void): ResourceTransformation =>
    ({ type: actual, name: itsName, props, opts }) => {
        if (actual !== type || itsName !== name) return undefined;
        const changed = structuredCopy(props);
        change(changed);
        return { props: changed, opts };
    };

type Props = Record<string, Record<string, unknown>>;

/** One level deep, so that outputs below stay what they are. */
const structuredCopy = (props: Props): Props =>
    Object.fromEntries(
        Object.entries(props).map(([key, value]) => [
            key,
            typeof value === "object" ? { ...value } : value,
        ]),
    );

const nginx = (from: string, to: string): ResourceTransformation =>
    edit("kubernetes:core/v1:ConfigMap", "gateway", ({ data }) => {
        const text = String(data?.["nginx.conf"]);
        if (!text.includes(from)) throw new Error(`the gateway's nginx.conf has no ${from}`);
        if (data) data["nginx.conf"] = text.replaceAll(from, to);
    });

const certificate = (change: Record<string, unknown>): ResourceTransformation =>
    edit("kubernetes:cert-manager.io/v1:Certificate", "api-server", ({ spec }) => {
        Object.assign(spec ?? {}, change);
    });

export const changes: Readonly<Record<string, ResourceTransformation>> = {
    nothing: () => undefined,
    "a comment": nginx("http2 on;", "# as before\n    http2 on;"),
    "a shorter lifetime": certificate({ duration: "1128h", renewBefore: "376h" }),
    "TLS 1.2 beside 1.3": nginx("ssl_protocols TLSv1.3;", "ssl_protocols TLSv1.2 TLSv1.3;"),
    "a plaintext upstream": nginx("proxy_pass https://", "proxy_pass http://"),
    "a plaintext listener": nginx("listen 8443 ssl;", "listen 8443;"),
    "an upstream that nobody verifies": nginx("proxy_ssl_verify on;", "proxy_ssl_verify off;"),
    "a config that preview does not know": edit(
        "kubernetes:core/v1:ConfigMap",
        "gateway",
        ({ data }) => {
            const { result } = new random.RandomPassword("unknown", { length: 32 });
            if (data) data["nginx.conf"] = result;
        },
    ),
    "a leaf of 91 days": certificate({ duration: "2184h" }),
    "a lifetime in days": certificate({ duration: "90d" }),
    "a key that stays": certificate({
        privateKey: { algorithm: "ECDSA", rotationPolicy: "Never" },
    }),
};
