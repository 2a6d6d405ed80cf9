import type { SeedError } from "./seedError";

/** What works otherwise than it is meant: the gateway. */
export const edge: readonly SeedError[] = [
    {
        id: "E21",
        error: "OCSP stapling is switched on for a CA that names no responder, and so is passed over.",
        here: "The platform's CA has no responder, so nothing about stapling is rendered.",
        tests: [
            { file: "components/gateway/nginxConf.test.ts", titles: ["renders the whole file"] },
        ],
    },
    {
        id: "E22",
        error: "`ssl_certificate_key` is there twice.",
        here: "It is rendered once, for all servers; nginx reads the file without a warning, or no test of it begins.",
        tests: [
            { file: "components/gateway/nginxConf.test.ts", titles: ["renders the whole file"] },
            {
                file: "components/gateway/nginx.test.ts",
                titles: ["a client > with a certificate is served over HTTP/2 and HTTP/1.1"],
            },
        ],
    },
    {
        id: "E23",
        error: "`listen ... http2` is deprecated since nginx 1.25.1.",
        here: "`http2 on;`, and the verifier asks for HTTP/2.",
        tests: [
            { file: "components/gateway/nginxConf.test.ts", titles: ["renders the whole file"] },
            {
                file: "components/gateway/nginx.test.ts",
                titles: ["a client > with a certificate is served over HTTP/2 and HTTP/1.1"],
            },
            {
                file: "verify/gateway.test.ts",
                titles: ["an edge with one thing wrong fails > http2: HTTP/1.1 alone"],
            },
        ],
    },
    {
        id: "E24",
        error: "`X-XSS-Protection` is deprecated and does harm, and there is neither a Content-Security-Policy nor a Referrer-Policy.",
        here: "The first is gone, the other two are there.",
        tests: [
            {
                file: "components/gateway/nginx.test.ts",
                titles: [
                    "a client > sees each security header once, on answers of the service too",
                ],
            },
            {
                file: "verify/gateway.test.ts",
                titles: ["an edge with one thing wrong fails > security-headers: inline scripts"],
            },
        ],
    },
    {
        id: "E25",
        error: "HSTS is taken for a redirect, and nothing listens on port 80. `preload` means nothing on an internal name.",
        here: "A server on port 80 answers 308 to the literal name and does nothing else; no `preload`.",
        tests: [
            {
                file: "components/gateway/nginx.test.ts",
                titles: [
                    "plaintext > is redirected to the same name",
                    "plaintext > is closed for an unknown name",
                    "a client > sees each security header once, on answers of the service too",
                ],
            },
            {
                file: "policies/nginxForbidPlaintext.test.ts",
                titles: [
                    "refuses a redirect to the client's host",
                    "refuses a redirect that loses the method",
                ],
            },
            {
                file: "verify/gateway.test.ts",
                titles: ["an edge with one thing wrong fails > redirect: a redirect to plaintext"],
            },
        ],
    },
    {
        id: "E26",
        error: "A location with an `add_header` of its own loses those of its server, and nginx tells its version.",
        here: "Headers stand in the server alone, are sent with errors too, and replace the service's; `server_tokens off`.",
        tests: [
            {
                file: "components/gateway/nginx.test.ts",
                titles: [
                    "a client > sees each security header once, on answers of the service too",
                    "a client > without a certificate is answered 400 where one is required",
                ],
            },
            {
                file: "verify/gateway.test.ts",
                titles: [
                    "an edge with one thing wrong fails > server-version-hidden: a version in Server",
                ],
            },
        ],
    },
];
