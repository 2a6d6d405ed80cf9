import { connect, type TLSSocket } from "node:tls";
import * as fc from "fast-check";
import { nginxPaths } from "../../../components/gateway/gatewayPods";
import {
    ClientCertificates,
    renderNginxConf,
    type NginxConfSettings,
    type NginxServer,
} from "../../../components/gateway/nginxConf";
import { tlsProfile, TlsProfileName } from "../../../components/tls/profile";
import { anyHostName, anySettings, longestHostName } from "./anySettings";
import { Authority, type Credential } from "./credentials";
import { echo, exchange, plainExchange, portOf } from "./exchange";
import { meant, plainShape, read, shape, standing } from "./reading";
import { freePort, RunningGateway, type GatewayFiles, type Settings } from "./runningGateway";

jest.setTimeout(60_000);

const profiles = Object.values(TlsProfileName);

let authority: Authority;
let files: GatewayFiles;

beforeAll(async () => {
    authority = await Authority.create();
    files = {
        server: await authority.leaf({ names: ["a.example"], use: "server" }),
        client: await authority.leaf({ names: ["gateway.llm-platform.svc"], use: "client" }),
        root: authority.root,
    };
});

const accepted = [
    "nginx: the configuration file /etc/nginx-conf/nginx.conf syntax is ok\n",
    "nginx: configuration file /etc/nginx-conf/nginx.conf test is successful\n",
    "# configuration file /etc/nginx-conf/nginx.conf:\n",
].join("");

describe.each(profiles)("the real nginx in profile %s", (profileName) => {
    const profile = tlsProfile(profileName);

    it("reads of whatever is allowed what is meant, and nothing else", async () => {
        await fc.assert(
            fc.asyncProperty(anySettings, async (made) => {
                const settings = { ...made, profile };
                const gateway = new RunningGateway(settings, files);
                const { stdout, exitCode } = await gateway.dump();
                await gateway.stop();
                // Exactly: a warning would be a directive that nginx does not take as it is meant.
                expect(stdout.slice(0, accepted.length)).toBe(accepted);
                expect(exitCode).toBe(0);
                const directives = read(stdout.slice(accepted.length));
                expect(standing(directives)).toEqual(meant(settings));
                expect(shape(directives)).toEqual(plainShape(settings));
            }),
            // Time is left to say what failed: a smaller case is looked for until then.
            { numRuns: 40, interruptAfterTimeLimit: 40_000, markInterruptAsFailure: true },
        );
    });
});

/** A handshake with that name, as far as the server's certificate and its check against the name. */
const handshake = (port: number, servername: string, credential: Credential): Promise<TLSSocket> =>
    new Promise((resolve, reject) => {
        const options = { host: "127.0.0.1", port, servername, ca: authority.root, ...credential };
        const socket = connect(options, () => {
            resolve(socket);
        });
        socket.on("error", reject);
    });

/** A certificate's common name has 64 characters at most. @see RFC 5280, A.1 */
const commonName = anyHostName.filter(({ length }) => length <= 64);

describe.each(profiles)("a running nginx in profile %s", (profileName) => {
    const [longest = "", host = ""] = fc.sample(longestHostName, 2);
    const [client = ""] = fc.sample(commonName, 1);
    const names = [...new Set([longest, ...fc.sample(anyHostName, 8)])];
    let gateway: RunningGateway;
    let service: Awaited<ReturnType<typeof echo>>;
    let settings: Settings;
    let caller: Credential;

    beforeAll(async () => {
        service = await echo(
            await authority.leaf({ names: [host], use: "server" }),
            authority.root,
        );
        caller = await authority.leaf({ names: [client], use: "client", commonName: client });
        const upstream = { host, port: portOf(service) };
        settings = {
            profile: tlsProfile(profileName),
            ports: { tls: await freePort(), redirect: await freePort(), metrics: await freePort() },
            servers: names.map((name, index) => ({
                names: [name],
                clientCertificates: ClientCertificates.Required,
                upstream,
                webSocket: index % 2 === 0,
            })),
            metrics: { name: longest, clients: [client] },
        };
        const server = await authority.leaf({ names, use: "server" });
        gateway = new RunningGateway(settings, { ...files, server });
        await gateway.start();
    });

    afterAll(async () => {
        await gateway.stop();
        service.close();
    });

    const to = (name: string, port = settings.ports.tls) => ({
        port,
        servername: name,
        headers: { host: name },
        ca: authority.root,
        ...caller,
    });

    it("serves each name, to a service of the longest", async () => {
        for (const name of names) {
            const socket = await handshake(settings.ports.tls, name, caller);
            expect([name, socket.authorized, socket.getProtocol()]).toEqual([
                name,
                true,
                "TLSv1.3",
            ]);
            socket.destroy();
            const { status, body } = await exchange(to(name));
            expect([status, JSON.parse(body)]).toMatchObject([200, { host: name }]);
        }
    });

    it("redirects each name to itself", async () => {
        for (const name of names) {
            const { port, headers } = to(name, settings.ports.redirect);
            const answer = await plainExchange({ port, headers, path: "/a" });
            expect([answer.status, answer.headers.location]).toEqual([308, `https://${name}/a`]);
        }
    });

    it("knows no name that is nearly one", async () => {
        for (const name of names) {
            const near = [`x${name}`.slice(0, 253), name.slice(1), `${name.slice(0, -1)}0`];
            for (const other of near.filter(
                (text) => !/^[.-]/.test(text) && !names.includes(text),
            )) {
                await expect(handshake(settings.ports.tls, other, caller)).rejects.toThrow(
                    "SSL alert number 112",
                );
            }
        }
    });

    it("shows metrics to the client of that name, and to none that is nearly that", async () => {
        const at = (credential: Credential) =>
            exchange({
                ...to(longest, settings.ports.metrics),
                ...credential,
                path: "/metrics",
            });
        expect((await at(caller)).status).toBe(200);
        const near = await authority.leaf({
            names: [client],
            use: "client",
            commonName: client.replace(".", "x"),
        });
        expect((await at(near)).status).toBe(403);
    });
});

const allowed =
    "allowed a lower-case DNS name of two labels or more, of at most 63 characters each and 253 in all, without scheme, port, wildcard or trailing dot, and no address";

type Change = (settings: NginxConfSettings, text: string) => NginxConfSettings;

const withLastServer = (
    settings: NginxConfSettings,
    change: (server: NginxServer) => NginxServer,
): NginxConfSettings => {
    const last = settings.servers.length - 1;
    const servers = settings.servers.map((one, index) => (index === last ? change(one) : one));
    return { ...settings, servers };
};

const withMetrics = (
    settings: NginxConfSettings,
    metrics: Partial<NginxConfSettings["metrics"]>,
): NginxConfSettings => ({ ...settings, metrics: { ...settings.metrics, ...metrics } });

/** Each place of a name, as errors call it for the last server, and the settings with a text there. */
const places: [argument: string, Change][] = [
    [
        "servers.N.names",
        (settings, text) =>
            withLastServer(settings, (server) => ({ ...server, names: [...server.names, text] })),
    ],
    [
        "servers.N.upstream.host",
        (settings, host) =>
            withLastServer(settings, (server) => ({
                ...server,
                upstream: { ...server.upstream, host },
            })),
    ],
    ["metrics.name", (settings, name) => withMetrics(settings, { name })],
    [
        "metrics.clients",
        (settings, text) => withMetrics(settings, { clients: [...settings.metrics.clients, text] }),
    ],
];

/** What means something to nginx, to a pattern or to a shell, and what only looks like a letter or a dot. */
const foreign = Array.from(
    "; {}\n\r\t\0\v\"'`$#\\~^*()[]|+?=,:/@%_&<>A\u007f\u00e9\u0430\u212a\u3002\ufeff\u2028",
);

const hostile = [
    ...[
        "",
        ".",
        "a",
        "a..b",
        ".a.b",
        "a.b.",
        "-a.b",
        "a-.b",
        "a.-b",
        "a.b-",
        `${"a".repeat(64)}.b`,
    ],
    ...["a.b; return 200", "a.b }", "${host}", "a.b\nc.d", "unix:/run/nginx/a.sock", "é.example"],
];

/** Texts that are no name: fixed ones, one too long, and a name with each foreign character in some place of it. */
const noNames = fc.tuple(anyHostName, fc.nat(), longestHostName).map(([name, place, longest]) => {
    const at = place % name.length;
    const spoiled = foreign.map((char) => name.slice(0, at) + char + name.slice(at + 1));
    return [...hostile, `a.${longest}`, ...spoiled];
});

const anywhere = fc.record({
    made: anySettings,
    profile: fc.constantFrom(...profiles.map(tlsProfile)),
    name: anyHostName,
    texts: noNames,
});

it.each(places)(
    "a name in %s stands there, and a hostile one is refused by that name",
    (place, change) => {
        fc.assert(
            fc.property(anywhere, ({ made, profile, name, texts }) => {
                fc.pre(!made.servers.some(({ names }) => names.includes(name)));
                const settings = { ...made, profile, paths: nginxPaths };
                const changed = change(settings, name);
                expect(standing(read(renderNginxConf(changed)))).toEqual(meant(changed));
                const argument = place.replace("N", `${made.servers.length - 1}`);
                expect(texts.map((text) => outcome(change(settings, text)))).toEqual(
                    texts.map((text) => `[${argument}] is ${JSON.stringify(text)}; ${allowed}`),
                );
            }),
        );
    },
);

/** What is rendered, or why nothing is. */
function outcome(settings: NginxConfSettings): string {
    try {
        return renderNginxConf(settings);
    } catch (error) {
        return (error as Error).message;
    }
}
