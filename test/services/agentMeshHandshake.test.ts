import { once } from "node:events";
import { connect as connectPlain } from "node:net";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { until } from "./client";
import { type Credential, hour, Pki } from "./pki";
import { verifier } from "./running";
import { RunningAgentMesh } from "./runningAgentMesh";

let running: RunningAgentMesh;
let good: Credential;
let impostor: Pki;

beforeAll(async () => {
    running = await RunningAgentMesh.start();
    good = await running.pki.client(verifier);
    impostor = await Pki.create();
});

afterAll(() => running.stop());

const dial = (credential?: Credential): ConnectionOptions => ({
    ...running.dial(credential),
    ALPNProtocols: ["h2"],
});

/** What a connection ends with; `served` where the server has begun to speak HTTP/2. */
async function outcome(options: ConnectionOptions): Promise<string> {
    const socket: TLSSocket = connect(options);
    return new Promise<string>((resolve) => {
        socket.on("data", () => {
            resolve("served");
        });
        socket.on("error", (error: NodeJS.ErrnoException) => {
            // How a refused connection ends is the system's choice, where no alert comes.
            resolve(error.code === "ECONNRESET" ? "closed" : (error.code ?? error.message));
        });
        socket.on("close", () => {
            resolve("closed");
        });
        socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    }).finally(() => socket.destroy());
}

const past = { notBefore: new Date(Date.now() - 2 * hour), notAfter: new Date(Date.now() - hour) };

it.each<[string, () => Promise<ConnectionOptions>, { client: string; server: string }]>([
    [
        "TLS 1.2",
        () => Promise.resolve({ ...dial(good), minVersion: "TLSv1.2", maxVersion: "TLSv1.2" }),
        {
            client: "EPROTO",
            server: "ERR_SSL_UNSUPPORTED_PROTOCOL",
        },
    ],
    [
        "a suite outside the profile",
        () => Promise.resolve({ ...dial(good), ciphers: "TLS_CHACHA20_POLY1305_SHA256" }),
        { client: "EPROTO", server: "ERR_SSL_NO_SHARED_CIPHER" },
    ],
    [
        "a group outside the profile",
        () => Promise.resolve({ ...dial(good), ecdhCurve: "secp384r1" }),
        {
            client: "EPROTO",
            server: "ERR_SSL_NO_SUITABLE_KEY_SHARE",
        },
    ],
    [
        "no certificate",
        () => Promise.resolve(dial()),
        {
            client: "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
            server: "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE",
        },
    ],
    [
        "a certificate of another authority of the same name",
        async () => dial(await impostor.client(verifier)),
        { client: "closed", server: "CERT_SIGNATURE_FAILURE" },
    ],
    [
        "an expired certificate",
        async () => dial(await running.pki.client(verifier, past)),
        { client: "closed", server: "CERT_HAS_EXPIRED" },
    ],
    [
        "a server's certificate",
        async () => dial(await running.pki.leaf({ names: [verifier] })),
        { client: "closed", server: "INVALID_PURPOSE" },
    ],
    [
        "an unknown host name",
        () => Promise.resolve({ ...dial(good), servername: "api.llm-platform.svc" }),
        { client: "closed", server: "unrecognized_name" },
    ],
    [
        "another protocol",
        () => Promise.resolve({ ...dial(good), ALPNProtocols: ["http/1.1"] }),
        {
            client: "EPROTO",
            server: "ERR_SSL_NO_APPLICATION_PROTOCOL",
        },
    ],
    [
        "no protocol",
        () => Promise.resolve({ ...dial(good), ALPNProtocols: [] }),
        { client: "closed", server: "no_application_protocol" },
    ],
])("refuses %s", async (_case, options, { client, server }) => {
    const before = running.log.events("handshake_refused").length;
    expect(await outcome(await options())).toBe(client);
    await until(() => running.log.events("handshake_refused").length > before, "a line in the log");
    expect(running.log.events("handshake_refused").slice(before)).toEqual([
        expect.objectContaining({
            reason: server,
            address: expect.stringMatching(/127\.0\.0\.1$/) as string,
        }),
    ]);
    expect(await outcome(dial(good))).toBe("served");
});

it("refuses plaintext without an answer", async () => {
    let received = "";
    const socket = connectPlain(running.service.port, "127.0.0.1");
    socket.on("data", (chunk) => (received += chunk.toString("latin1")));
    socket.on("error", () => undefined);
    socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    await once(socket, "close");
    // At most an alert of TLS: no frame, no header.
    expect(received).not.toMatch(/HTTP|grpc/);
    expect(received.length).toBeLessThan(16);
    expect(await outcome(dial(good))).toBe("served");
});

it("resumes no session", async () => {
    const first = connect(dial(good));
    first.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    const [session] = (await once(first, "session")) as [Buffer];
    first.destroy();
    const second = connect({ ...dial(good), session });
    await once(second, "secureConnect");
    expect(second.isSessionReused()).toBe(false);
    second.destroy();
});
