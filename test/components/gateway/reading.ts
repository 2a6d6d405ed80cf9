import { nginxPaths } from "../../../components/gateway/gatewayPods";
import { renderNginxConf, type NginxConfSettings } from "../../../components/gateway/nginxConf";
import { parseNginx, type Directive } from "../../../policies/facts/nginxSyntax";
import type { Settings } from "./runningGateway";

const flat = (directives: readonly Directive[]): Directive[] =>
    directives.flatMap((directive) => [directive, ...flat(directive.block ?? [])]);

/** Every directive of an nginx.conf, whatever it is in. */
export const read = (text: string): Directive[] => flat(parseNginx("nginx.conf", text).directives);

/** Where names and ports stand, by directive, in the order of the file. */
export const standing = (directives: readonly Directive[]) => {
    const of = (name: string) => directives.filter((directive) => directive.name === name);
    const argsOf = (name: string) => of(name).map(({ args }) => args);
    const [clients] = of("map").filter(({ args }) => args[1] === "$metrics_client");
    return {
        names: argsOf("server_name"),
        listen: argsOf("listen"),
        upstreams: of("upstream").map(({ args, block }) => [...args, block?.[0]?.args]),
        passedTo: argsOf("proxy_pass"),
        verified: argsOf("proxy_ssl_name"),
        redirects: argsOf("return").filter(([status]) => status === "308"),
        clients: clients?.block?.map(({ name, args }) => [name, ...args]),
    };
};

/** The same, from what was asked for. */
export function meant({ servers, ports, metrics }: Settings): ReturnType<typeof standing> {
    const names = servers.flatMap((server) => server.names);
    const { tls, redirect } = ports;
    const addresses = new Map(
        servers.map(({ upstream: { host, port } }) => [`${host}-${port}`, `${host}:${port}`]),
    );
    return {
        names: [
            ...servers.map((server) => server.names),
            ...names.map((name) => [name]),
            [metrics.name],
        ],
        listen: [
            [`${tls}`, "ssl", "default_server"],
            [`${ports.metrics}`, "ssl", "default_server"],
            ...servers.map(() => [`${tls}`, "ssl"]),
            [`${redirect}`, "default_server"],
            ...names.map(() => [`${redirect}`]),
            ["unix:/run/nginx/health.sock"],
            [`${ports.metrics}`, "ssl"],
        ],
        upstreams: [...addresses].map(([name, address]) => [name, [address]]),
        passedTo: servers.map(({ upstream: { host, port } }) => [`https://${host}-${port}`]),
        verified: servers.map(({ upstream }) => [upstream.host]),
        redirects: names.map((name) => ["308", `https://${name}$request_uri`]),
        clients: [
            ["default", "0"],
            ...metrics.clients.map((client) => [`~^CN=${client.split(".").join("\\.")}\\z`, "1"]),
        ],
    };
}

/** Each directive with the number of its words. Only a monitor's name stands where a directive's does. */
export const shape = (directives: readonly Directive[]) =>
    directives.map(({ name, args }) => [name.replace(/^~\^CN=.*/, "monitor"), args.length]);

/** The shape of the same servers with names and ports that nobody could read as anything else. */
export const plainShape = (settings: Settings) =>
    shape(read(renderNginxConf({ ...settings, ...plain(settings), paths: nginxPaths })));

const plain = ({ servers, metrics }: Settings): Omit<NginxConfSettings, "profile" | "paths"> => ({
    ports: { tls: 8443, redirect: 8080, metrics: 9443 },
    servers: servers.map((server, index) => ({
        ...server,
        names: server.names.map((_, name) => `n${name}.s${index}.example`),
        upstream: { host: `s${firstWithUpstreamOf(servers, index)}.svc`, port: 3001 },
    })),
    metrics: { name: "m.example", clients: metrics.clients.map((_, index) => `c${index}.svc`) },
});

function firstWithUpstreamOf(servers: Settings["servers"], index: number): number {
    const addresses = servers.map(({ upstream }) => `${upstream.host}:${upstream.port}`);
    return addresses.indexOf(addresses[index] ?? "");
}
