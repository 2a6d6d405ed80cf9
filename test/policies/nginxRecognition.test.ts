import { nginxForbidPlaintext } from "../../policies/rules/nginxForbidPlaintext";
import { configMap, judge, judgeTogether, subject, workload } from "./judging";

const gots = (text: string, key: string): string[] =>
    judge(nginxForbidPlaintext, configMap({ [key]: text })).map(({ got }) => got);

describe("a text is recognised", () => {
    const plaintext = "server { listen 80; location / { proxy_pass http://x; } }";

    it.each(["nginx.conf", "default.conf", "site", "my-nginx", "conf.template"])(
        "under %s",
        (key) => {
            expect(gots(plaintext, key)).toEqual(["listen 80", "proxy_pass http://x"]);
        },
    );

    it("as a fragment of one directive", () => {
        expect(gots("proxy_pass http://x;", "snippet")).toEqual(["proxy_pass http://x"]);
    });

    it("in binaryData, decoded by the adapter, and in a Secret, whose values stay hidden", () => {
        const secret = subject({
            kind: "Secret",
            properties: { stringData: { "nginx.conf": plaintext } },
        });
        expect(judge(nginxForbidPlaintext, secret)).toEqual([
            expect.objectContaining({
                at: 'stringData["nginx.conf"]:1',
                got: expect.stringMatching(/^<secret, sha256 [0-9a-f]{8}>$/) as string,
            }),
            expect.objectContaining({ at: 'stringData["nginx.conf"]:1' }),
        ]);
    });

    it("not where it is a script, another program's file, or another kind", () => {
        expect(gots("#!/bin/sh\nlisten() { return 0; }\nlisten\n", "nginx-reload.sh")).toEqual([]);
        expect(gots("bind 0.0.0.0\nport 6379\n", "redis.conf")).toEqual([]);
        expect(gots('{"server": {"listen": 80}}', "app.json")).toEqual([]);
        expect(
            judge(
                nginxForbidPlaintext,
                subject({ kind: "Service", properties: { data: { "nginx.conf": plaintext } } }),
            ),
        ).toEqual([]);
    });
});

describe("a text that only a mount shows to be nginx's", () => {
    const odd = configMap({ site: "server { }" }, "odd");
    const nginx = (volume: unknown, mount: Record<string, unknown>, image = "lab/nginx:1.26") =>
        workload({ image, volumeMounts: [{ name: "conf", ...mount }] }, [
            { name: "conf", ...(volume as object) },
        ]);
    const judged = (pod: ReturnType<typeof nginx>, holder = odd) =>
        judgeTogether(nginxForbidPlaintext, [holder, pod]).map(({ got }) => got);
    const found = ["no listen, which means *:80"];

    it.each([
        ["a folder", { configMap: { name: "odd" } }, { mountPath: "/etc/nginx/conf.d/" }],
        [
            "a file",
            { configMap: { name: "odd" } },
            { mountPath: "/etc/nginx/nginx.conf", subPath: "site" },
        ],
        [
            "an item",
            { configMap: { name: "odd", items: [{ key: "site", path: "x/y.conf" }] } },
            { mountPath: "/etc/nginx" },
        ],
        [
            "a projection",
            { projected: { sources: [{ configMap: { name: "odd" } }] } },
            { mountPath: "/etc/nginx" },
        ],
    ])("by %s", (_case, volume, mount) => {
        expect(judge(nginxForbidPlaintext, odd)).toEqual([]);
        expect(judged(nginx(volume, mount))).toEqual(found);
    });

    it("by the file that nginx is told to start from", () => {
        const pod = workload(
            {
                image: "x",
                command: ["sh", "-c", "exec nginx -c /srv/site -g 'daemon off;'"],
                volumeMounts: [{ name: "conf", mountPath: "/srv" }],
            },
            [{ name: "conf", configMap: { name: "odd" } }],
        );
        expect(judged(pod)).toEqual(found);
    });

    it("not for a folder that nginx does not read, another image, another item, another namespace", () => {
        const volume = { configMap: { name: "odd" } };
        expect(judged(nginx(volume, { mountPath: "/usr/share/nginx/html" }))).toEqual([]);
        expect(
            judged(
                nginx(volume, { mountPath: "/etc/nginx" }, "nginx/nginx-prometheus-exporter:1.4"),
            ),
        ).toEqual([]);
        expect(
            judged(
                nginx(
                    { configMap: { name: "odd", items: [{ key: "a", path: "b" }] } },
                    { mountPath: "/etc/nginx" },
                ),
            ),
        ).toEqual([]);
        expect(judged(nginx(volume, { mountPath: "/etc/nginx" }), configMapIn("other"))).toEqual(
            [],
        );
    });

    const configMapIn = (namespace: string) => ({ ...odd, namespace });
});
