import { nginxRequireKnownConfig } from "../../policies/rules/nginxRequireKnownConfig";
import { configMap, judge, judgeTogether, workload } from "./judging";
import { plainConf, renderedConf } from "./nginxConf";

const problems = (data: Readonly<Record<string, string>>): string[] =>
    judge(nginxRequireKnownConfig, configMap(data)).map(({ at, got }) => `${at} ${got}`);

it.each<[string, Record<string, string>]>([
    ["what the component renders", { "nginx.conf": renderedConf() }],
    [
        "an include of another key",
        { "nginx.conf": "http { include tls.inc; }", "tls.inc": "ssl_protocols TLSv1.3;" },
    ],
    ["an include by an absolute path", { "nginx.conf": "include /etc/nginx/tls;", tls: "" }],
    [
        "an include by a pattern",
        { "nginx.conf": "http { include conf.d/*.conf; }", "a.conf": "server { }", "b.conf": "" },
    ],
    [
        "a pattern that would match the file itself",
        { "nginx.conf": "http { include conf.d/*.conf; }", "a.conf": "" },
    ],
    ["an include of an include", { "nginx.conf": "include a;", a: "include b;", b: "" }],
    ["a text of another program that nginx would not read", { "redis.conf": "port 0\n" }],
])("accepts %s", (_case, data) => {
    expect(problems(data)).toEqual([]);
});

it.each<[string, Record<string, string>, string]>([
    [
        "an include of a file from the image",
        { "nginx.conf": "http {\n include /etc/nginx/mime.types;\n}" },
        'data["nginx.conf"]:2 include /etc/nginx/mime.types',
    ],
    [
        "a pattern that matches nothing",
        { "nginx.conf": "http { include conf.d/site-*; }" },
        'data["nginx.conf"]:1 include conf.d/site-*',
    ],
    [
        "an include of itself",
        { "nginx.conf": "include nginx.conf;" },
        'data["nginx.conf"]:1 include nginx.conf, which comes back',
    ],
    [
        "a block that is not closed",
        { "nginx.conf": "events {}\nhttp {\n" },
        'data["nginx.conf"]:2 a block that is not closed',
    ],
    [
        "a brace too many",
        { "nginx.conf": "http { }\n}" },
        'data["nginx.conf"]:2 a "}" that closes nothing',
    ],
    [
        "a missing semicolon",
        { "nginx.conf": "user x" },
        'data["nginx.conf"]:1 a directive without its ";"',
    ],
    [
        "a quote that is not closed",
        { "nginx.conf": "user 'x;\n" },
        'data["nginx.conf"]:1 an unexpected quote',
    ],
    [
        "an included text that is broken",
        { "nginx.conf": "include a;", a: "\n}" },
        'data["a"]:2 a "}" that closes nothing',
    ],
    [
        "a broken text that its first directives show to be nginx's",
        { x: "server { listen 80;" },
        'data["x"]:1 a block that is not closed',
    ],
])("refuses %s", (_case, data, problem) => {
    expect(problems(data)).toEqual([problem]);
});

it("refuses texts that include one another in a circle", () => {
    const data = {
        "a-nginx.conf": "include b-nginx.conf;",
        "b-nginx.conf": "include a-nginx.conf;",
    };
    expect(problems(data)).toHaveLength(2);
});

it("refuses includes that multiply, soon", () => {
    const data: Record<string, string> = { "nginx.conf": "include k0;" };
    for (let level = 0; level < 40; level++) data[`k${level}`] = `include k${level + 1};`.repeat(2);
    data.k40 = "user x;";
    const started = performance.now();
    expect(problems(data)).toContainEqual(expect.stringContaining("includes that multiply"));
    expect(performance.now() - started).toBeLessThan(5000);
});

describe("a container of nginx", () => {
    const nginx = (
        container: Record<string, unknown>,
        volumes: readonly unknown[] = [],
        more = {},
    ) =>
        judgeTogether(nginxRequireKnownConfig, [
            configMap({ "nginx.conf": plainConf, "index.html": "" }),
            workload(container, volumes, more),
        ]);
    const mounted = {
        image: "lab/nginx:1.26",
        volumeMounts: [{ name: "conf", mountPath: "/etc/nginx-conf" }],
    };
    const volume = (name: string) => ({ name: "conf", configMap: { name } });

    it.each([
        ["with a configuration of the stack", mounted, [volume("gateway")]],
        [
            "with one at a path of its own, started by a script",
            { ...mounted, command: ["/bin/sh", "/etc/nginx-conf/run.sh"] },
            [volume("gateway")],
        ],
        ["that is none: an exporter", { image: "nginx/nginx-prometheus-exporter:1.4" }, []],
        ["that is none: another program", { image: "registry.example.org/nginx/app:1" }, []],
    ])("passes %s", (_case, container, volumes) => {
        expect(nginx(container, volumes)).toEqual([]);
    });

    it.each([
        ["without a mount", { image: "nginx:1.27" }, [], "nginx:1.27"],
        [
            "by digest",
            { image: "registry.example.org:5000/library/nginx@sha256:0123" },
            [],
            "registry.example.org:5000/library/nginx@sha256:0123",
        ],
        [
            "unprivileged",
            { image: "nginxinc/nginx-unprivileged" },
            [],
            "nginxinc/nginx-unprivileged",
        ],
        [
            "by its command",
            { image: "debian:13", command: ["/usr/sbin/nginx", "-g", "daemon off;"] },
            [],
            "debian:13",
        ],
        [
            "by a shell's command",
            { image: "debian:13", args: ["-c", "sleep 1 && exec nginx"] },
            [],
            "debian:13",
        ],
        ["whose ConfigMap is not in the stack", mounted, [volume("elsewhere")], "lab/nginx:1.26"],
        [
            "with nothing mounted by that name",
            mounted,
            [{ name: "conf", emptyDir: {} }],
            "lab/nginx:1.26",
        ],
    ])("is refused %s", (_case, container, volumes, image) => {
        expect(nginx(container, volumes)).toEqual([
            {
                at: "spec.template.spec.containers[0]",
                got: `${image} without a configuration from a ConfigMap or a Secret of this stack`,
                wanted: "a ConfigMap of this stack mounted at /etc/nginx/nginx.conf",
            },
        ]);
    });

    it.each([
        ["", "Pod", (spec: unknown) => ({ spec }), "spec"],
        [
            "apps",
            "StatefulSet",
            (spec: unknown) => ({ spec: { template: { spec } } }),
            "spec.template.spec",
        ],
        [
            "apps",
            "DaemonSet",
            (spec: unknown) => ({ spec: { template: { spec } } }),
            "spec.template.spec",
        ],
        [
            "batch",
            "Job",
            (spec: unknown) => ({ spec: { template: { spec } } }),
            "spec.template.spec",
        ],
        [
            "batch",
            "CronJob",
            (spec: unknown) => ({ spec: { jobTemplate: { spec: { template: { spec } } } } }),
            "spec.jobTemplate.spec.template.spec",
        ],
    ])("is found in %s %s", (group, kind, wrap, place) => {
        const properties = wrap({ initContainers: [{ name: "i", image: "nginx" }] });
        expect(nginx({}, [], { group, kind, properties })).toEqual([
            expect.objectContaining({ at: `${place}.initContainers[0]` }),
        ]);
    });

    it("is not judged by a patch that leaves its volumes alone", () => {
        expect(nginx({ image: "nginx" }, [], { partial: true })).toEqual([]);
    });
});
