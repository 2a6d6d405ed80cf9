import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type TlsOptions, type TLSSocket } from "node:tls";
import { clientOptions } from "../../services/tls";
import { Authority, type Credential } from "../components/gateway/credentials";
import { ClientCertificate } from "./clientCertificate";

const host = "store.llm-platform-data.svc";

let authority: Authority;
let served: Credential;
let client: ClientCertificate;
let servers: Server[];

beforeAll(async () => {
    authority = await Authority.create();
    served = await authority.leaf({ names: [host], use: "server" });
    client = new ClientCertificate(
        await authority.leaf({ names: ["api.llm-platform.svc"], use: "client" }),
        authority.root,
    );
});

afterAll(() => {
    client.remove();
});

beforeEach(() => {
    servers = [];
});

afterEach(() => {
    for (const server of servers) server.close();
});

/** What the server sees of the client, which talks to a server with these options. */
async function handshake(options: TlsOptions): Promise<TLSSocket> {
    const server = createServer({ ca: authority.root, requestCert: true, ...served, ...options });
    servers.push(server);
    server.on("tlsClientError", () => undefined);
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const accepted = once(server, "secureConnection") as Promise<[TLSSocket]>;
    const socket = connect({ host: "127.0.0.1", port, ...clientOptions(client.certificate, host) });
    try {
        await once(socket, "secureConnect");
        return (await accepted)[0];
    } finally {
        socket.destroy();
    }
}

it("speaks TLS 1.3 and shows a certificate that the server can verify", async () => {
    const seen = await handshake({});
    expect(seen.getProtocol()).toBe("TLSv1.3");
    expect(seen.authorized).toBe(true);
});

it.each<[string, () => Promise<TlsOptions>, RegExp]>([
    ["TLS 1.2 alone", () => Promise.resolve({ maxVersion: "TLSv1.2" }), /alert protocol version/],
    [
        "a suite outside the profile",
        () => Promise.resolve({ ciphers: "TLS_CHACHA20_POLY1305_SHA256" }),
        /alert handshake failure/,
    ],
    [
        "a group outside the profile",
        () => Promise.resolve({ ecdhCurve: "secp384r1" }),
        /alert handshake failure/,
    ],
    [
        "a certificate of another name",
        () => authority.leaf({ names: ["other.llm-platform-data.svc"], use: "server" }),
        /^the server's certificate is not for store\.llm-platform-data\.svc$/,
    ],
    [
        "a wildcard",
        () => authority.leaf({ names: ["*.llm-platform-data.svc"], use: "server" }),
        /^the server's certificate is not for store\.llm-platform-data\.svc$/,
    ],
    [
        "the name as a common name",
        () => authority.leaf({ names: ["other.svc.example"], use: "server", commonName: host }),
        /^the server's certificate is not for store\.llm-platform-data\.svc$/,
    ],
    [
        "a client's certificate",
        () => authority.leaf({ names: [host], use: "client" }),
        /unsuitable certificate purpose/,
    ],
    [
        "a certificate of another authority",
        async () => (await Authority.create()).leaf({ names: [host], use: "server" }),
        /certificate signature failure/,
    ],
])("does not go on with a server that has %s", async (_case, options, reason) => {
    await expect(handshake(await options())).rejects.toThrow(reason);
    expect((await handshake({})).authorized).toBe(true);
});

it("is not made of a server's certificate", () => {
    expect(() => new ClientCertificate(served, authority.root)).toThrow(
        `"DNS:${host}" has no extended key usage client auth`,
    );
});
