import { generateKeyPairSync, randomBytes } from "node:crypto";
import { rules } from "../../policies/rules";
import { findingMessage } from "../../policies/message";
import { judgeSubject } from "../../policies/judge";
import { redactText } from "../../policies/redact";
import { readSettings, ruleContext } from "../../policies/settings";
import type { Subject } from "../../policies/rule";
import { configMap, subject } from "./judging";

const hidden = /^<secret, sha256 [0-9a-f]{8}>$/;

it.each([
    "ssl_protocols TLSv1.2 TLSv1.3",
    "ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256",
    "proxy_pass http://api.llm-platform.svc.cluster.local:3001",
    "include /etc/nginx/conf.d/*.conf",
    "no ssl_ecdh_curve, which means all that OpenSSL has",
])("shows what is no secret: %s", (text) => {
    expect(redactText(text)).toBe(text);
});

const { privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
});

it.each([
    ["a private key", privateKey],
    ["hexadecimal", randomBytes(32).toString("hex")],
    ["base64", "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="],
    ["base64 in short pieces", "aB3/cD4+eF5/gH6+iJ7/kL8+mN9="],
    ["a token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"],
])("hides %s", (_name, secret) => {
    expect(redactText(secret)).toMatch(hidden);
});

it("hides the password in a URL, and shows the rest", () => {
    expect(redactText("proxy_pass http://user:hunter2@backend/x")).toMatch(
        /^proxy_pass http:\/\/<secret, sha256 [0-9a-f]{8}>@backend\/x$/,
    );
});

it("cuts what is long", () => {
    expect(redactText("word ".repeat(1000)).length).toBeLessThan(310);
});

/** Every value that a violation could quote holds the key. */
const planted = (key: string): Subject[] => {
    const line = `"${key}"`;
    const text = `http { ssl_protocols ${line}; ssl_ecdh_curve ${line}; ssl_conf_command Ciphersuites ${line}; include ${line}; server { listen 80 ${line}; listen 443 ssl; ssl_verify_client ${line}; proxy_set_header C $ssl_client_cert; location / { proxy_pass ${line}; proxy_ssl_name ${line}; } } }`;
    const certificate = {
        duration: key,
        renewBefore: key,
        privateKey: { rotationPolicy: key },
        isCA: key,
        renewal: { policy: key },
    };
    return [
        configMap({ "nginx.conf": text }),
        subject({
            kind: "Secret",
            properties: { stringData: { "nginx.conf": text.replaceAll(key, `x ${key}`) } },
        }),
        subject({
            group: "cert-manager.io",
            kind: "Certificate",
            properties: { spec: certificate },
        }),
    ];
};

it.each([
    ["a private key", privateKey],
    ["a long password", randomBytes(24).toString("hex")],
    ["a short password", "hunter2!"],
])("never says a planted secret: %s", (_name, key) => {
    const lines = key.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
    const messages = planted(key).flatMap((planted) =>
        rules.flatMap((rule) =>
            judgeSubject(rule, planted, ruleContext(rule, readSettings({}).settings, {})),
        ),
    );
    expect(messages.length).toBeGreaterThan(15);
    for (const message of messages.map(findingMessage)) {
        for (const line of lines) expect(message).not.toContain(line);
    }
});

it("says nothing of what a Secret holds, not even a short word", () => {
    const [, secret] = planted("hunter2");
    const rule = rules.find(({ name }) => name === "nginx-forbid-plaintext");
    const found =
        secret && rule
            ? judgeSubject(rule, secret, ruleContext(rule, readSettings({}).settings, {}))
            : [];
    expect(found.length).toBeGreaterThan(0);
    for (const { violation } of found) expect(violation.got).toMatch(hidden);
});
