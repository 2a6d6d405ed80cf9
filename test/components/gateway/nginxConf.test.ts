import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { gatewayPorts, nginxPaths } from "../../../components/gateway/gatewayPods";
import {
    ClientCertificates,
    renderNginxConf,
    type NginxConfSettings,
} from "../../../components/gateway/nginxConf";
import { tlsProfile, TlsProfileName } from "../../../components/tls/profile";
import { connectionMaxAgeSeconds } from "../../../components/tls/connectionAge";
import { parseNginx, type Directive } from "../../../policies/facts/nginxSyntax";
import { connectionSchedule } from "../../../services/tls/connectionAge";

const settings: NginxConfSettings = {
    profile: tlsProfile(TlsProfileName.Modern),
    ports: gatewayPorts,
    servers: [
        {
            names: ["gateway.llm-platform.svc", "gateway.local.bluefly.io"],
            clientCertificates: ClientCertificates.Required,
            upstream: { host: "api.llm-platform.svc", port: 3001 },
        },
    ],
    metrics: { name: "gateway.llm-platform.svc", clients: ["prometheus.monitoring.svc"] },
    paths: nginxPaths,
};

const server = (changes: Partial<NginxConfSettings["servers"][number]>) => ({
    ...settings,
    servers: [
        {
            names: ["gateway.local.bluefly.io"],
            clientCertificates: ClientCertificates.Required,
            upstream: { host: "api.llm-platform.svc", port: 3001 },
            ...changes,
        },
    ],
});

const flat = (directives: readonly Directive[]): Directive[] =>
    directives.flatMap((directive) => [directive, ...flat(directive.block ?? [])]);

const argsOf = (text: string, name: string): string[][] =>
    flat(parseNginx("nginx.conf", text).directives)
        .filter((directive) => directive.name === name)
        .map(({ args }) => [...args]);

it("renders the whole file", () => {
    const expected = readFileSync(join(__dirname, "gateway.nginx.conf"), "utf8");
    expect(renderNginxConf(settings)).toBe(expected);
});

it("renders nothing but the suites and groups of the profile", () => {
    const fips = { ...settings, profile: tlsProfile(TlsProfileName.Fips) };
    const text = renderNginxConf(fips);
    expect(text).not.toMatch(/chacha|x25519/i);
    expect(argsOf(text, "ssl_ecdh_curve")).toEqual([["prime256v1:secp384r1"]]);
    expect(argsOf(renderNginxConf(settings), "ssl_ecdh_curve")).toEqual([
        ["X25519:prime256v1:secp384r1"],
    ]);
});

it("asks for certificates as each server name says", () => {
    const text = renderNginxConf(server({ clientCertificates: ClientCertificates.Optional }));
    expect(argsOf(text, "ssl_verify_client")).toEqual([["optional"], ["on"]]);
    expect(argsOf(renderNginxConf(server({})), "ssl_verify_client")).toEqual([["on"], ["on"]]);
});

it("lets old workers outlive every WebSocket that a service still keeps", () => {
    const openedAt = new Date("2026-11-24T00:00:00Z");
    const oldest = connectionSchedule({
        openedAt,
        peerNotAfter: new Date("2027-11-24T00:00:00Z"),
        maxAgeSeconds: connectionMaxAgeSeconds,
        random: 1,
    });
    const text = renderNginxConf(server({ webSocket: true }));
    for (const name of ["worker_shutdown_timeout", "proxy_read_timeout", "proxy_send_timeout"]) {
        const [[value = ""] = []] = argsOf(text, name);
        expect(value).toMatch(/^\d+s$/);
        expect(Number.parseInt(value, 10) * 1000).toBeGreaterThan(oldest.cutMs);
    }
});

it("renders an upstream once, however many servers use it", () => {
    const [first] = settings.servers;
    const both = [first, { ...first, names: ["other.local.bluefly.io"] }];
    const text = renderNginxConf({ ...settings, servers: both as NginxConfSettings["servers"] });
    expect(argsOf(text, "upstream")).toEqual([["api.llm-platform.svc-3001"]]);
    expect(argsOf(text, "proxy_pass")).toHaveLength(2);
});

it.each<[string, NginxConfSettings, string]>([
    [
        "a directive in a name",
        server({ names: ["a.b; return 200"] }),
        '[servers.0.names] is "a.b; return 200"; allowed a lower-case DNS name of two labels or more, of at most 63 characters each and 253 in all, without scheme, port, wildcard or trailing dot, and no address',
    ],
    ["no name", server({ names: [] }), "[servers.0.names] is empty; allowed one or more"],
    [
        "a name twice",
        server({ names: ["a.example", "a.example"] }),
        "[servers.names] has a.example twice; allowed once each",
    ],
    [
        "a variable as upstream",
        server({ upstream: { host: "$host", port: 3001 } }),
        '[servers.0.upstream.host] is "$host"; allowed a lower-case DNS name of two labels or more, of at most 63 characters each and 253 in all, without scheme, port, wildcard or trailing dot, and no address',
    ],
    [
        "an upstream port that is none",
        server({ upstream: { host: "a.example", port: 0 } }),
        "[servers.0.upstream.port] is 0; allowed a whole number from 1 to 65535",
    ],
    [
        "a privileged port",
        { ...settings, ports: { ...gatewayPorts, tls: 443 } },
        "[ports.tls] is 443; allowed a whole number from 1024 to 65535",
    ],
    [
        "a port twice",
        { ...settings, ports: { ...gatewayPorts, redirect: 8443 } },
        "[ports] has 8443 twice; allowed once each",
    ],
    [
        "a pattern as monitor",
        { ...settings, metrics: { name: "a.example", clients: [".*"] } },
        '[metrics.clients] is ".*"; allowed a lower-case DNS name of two labels or more, of at most 63 characters each and 253 in all, without scheme, port, wildcard or trailing dot, and no address',
    ],
    [
        "a path with a space",
        { ...settings, paths: { ...nginxPaths, run: "/run/a b" } },
        '[paths.run] is "/run/a b"; allowed an absolute path of letters, digits, ".", "_" and "-"',
    ],
])("refuses %s", (_case, changed, message) => {
    expect(() => renderNginxConf(changed)).toThrow(new Error(message));
});

describe("whatever a setting says", () => {
    /** A monitor's name is a pattern: its dots must be escaped, and nothing else in it may mean anything. */
    const monitor = /^~\^CN=(?:[a-z0-9-]|\\\.)+\\z$/;
    const names = (text: string) =>
        flat(parseNginx("x", text).directives).map(({ name }) => name.replace(monitor, "monitor"));
    const compliant = names(renderNginxConf(server({})));

    /** Texts that are likely to be read as something else, and ordinary ones. */
    const anyText = fc.oneof(
        fc.string(),
        fc.constantFrom("a.b;", "a.b{", "}", "a.b #", "$host", "a.b\nc", "'a.b'", '"a.b"', "a\\.b"),
        fc.domain(),
    );

    it.each<[string, (text: string) => NginxConfSettings]>([
        ["a server's name", (text) => server({ names: [text] })],
        ["an upstream", (text) => server({ upstream: { host: text, port: 3001 } })],
        [
            "the metrics' name",
            (text) => ({ ...server({}), metrics: { name: text, clients: ["a.b"] } }),
        ],
        ["a monitor", (text) => ({ ...server({}), metrics: { name: "a.b", clients: [text] } })],
        ["a path", (text) => ({ ...server({}), paths: { ...nginxPaths, trustBundle: text } })],
    ])("%s changes no directive", (_case, changed) => {
        fc.assert(
            fc.property(anyText, (text) => {
                let rendered: string;
                try {
                    rendered = renderNginxConf(changed(text));
                } catch (error) {
                    expect(String(error)).toMatch(/^Error: \[[a-zA-Z0-9.]+\] is /);
                    return;
                }
                expect(names(rendered)).toEqual(compliant);
            }),
        );
    });

    it("a host name is written where it belongs, and nowhere else", () => {
        fc.assert(
            fc.property(fc.domain(), (domain) => {
                const name = domain.toLowerCase();
                const text = renderNginxConf(server({ names: [name] }));
                expect(argsOf(text, "server_name")).toContainEqual([name]);
                expect(argsOf(text, "return")).toContainEqual([
                    "308",
                    `https://${name}$request_uri`,
                ]);
            }),
        );
    });
});
