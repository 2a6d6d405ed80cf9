import { connect as connectPlain } from "node:net";
import { connect, type ConnectionOptions } from "node:tls";
import { as, ask, type Question, refusal, until } from "./client";
import { type Credential, hour, Pki } from "./pki";
import { Running, verifier } from "./running";

let running: Running;
let good: Credential;
let impostor: Pki;

beforeAll(async () => {
    running = await Running.start();
    good = await running.pki.client(verifier);
    impostor = await Pki.create();
});

afterAll(() => running.stop());

/** The permitted twin of every refusal below. */
async function expectGoodClientServed(): Promise<void> {
    const { status, body } = await ask({ ...as(running, good), path: "/v1/whoami" });
    expect({ status, body }).toEqual({
        status: 200,
        body: `{"identity":"${verifier}","via":"direct"}`,
    });
}

const past = { notBefore: new Date(Date.now() - 2 * hour), notAfter: new Date(Date.now() - hour) };
const future = {
    notBefore: new Date(Date.now() + hour),
    notAfter: new Date(Date.now() + 2 * hour),
};

/** Node verifies after the handshake and resets: the client sees no alert, the reason is the server's to tell. */
const refusals: [string, () => Promise<Question>, { client: string; server: string }][] = [
    [
        "TLS 1.2",
        () =>
            Promise.resolve({ ...as(running, good), minVersion: "TLSv1.2", maxVersion: "TLSv1.2" }),
        { client: "EPROTO", server: "ERR_SSL_UNSUPPORTED_PROTOCOL" },
    ],
    [
        "a suite outside the profile",
        () => Promise.resolve({ ...as(running, good), ciphers: "TLS_CHACHA20_POLY1305_SHA256" }),
        { client: "EPROTO", server: "ERR_SSL_NO_SHARED_CIPHER" },
    ],
    [
        "a group outside the profile",
        () => Promise.resolve({ ...as(running, good), ecdhCurve: "secp384r1" }),
        { client: "EPROTO", server: "ERR_SSL_NO_SUITABLE_KEY_SHARE" },
    ],
    [
        "no certificate (alert 116)",
        () => Promise.resolve(as(running)),
        {
            client: "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
            server: "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE",
        },
    ],
    [
        "another CA",
        async () => as(running, await (await Pki.create("other")).client(verifier)),
        { client: "ECONNRESET", server: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY" },
    ],
    [
        "another CA of the same name",
        async () => as(running, await impostor.client(verifier)),
        { client: "ECONNRESET", server: "CERT_SIGNATURE_FAILURE" },
    ],
    [
        "an expired certificate",
        async () => as(running, await running.pki.client(verifier, past)),
        { client: "ECONNRESET", server: "CERT_HAS_EXPIRED" },
    ],
    [
        "a certificate that is not valid yet",
        async () => as(running, await running.pki.client(verifier, future)),
        { client: "ECONNRESET", server: "CERT_NOT_YET_VALID" },
    ],
    [
        "a leaf without its intermediate",
        () => Promise.resolve(as(running, { ...good, chain: good.certificate })),
        { client: "ECONNRESET", server: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" },
    ],
    [
        "a server certificate as a client's",
        async () => as(running, await running.pki.leaf({ names: [verifier] })),
        { client: "ECONNRESET", server: "INVALID_PURPOSE" },
    ],
    [
        "an unknown host name",
        () => Promise.resolve({ ...as(running, good), servername: "postgres.llm-platform.svc" }),
        { client: "ECONNRESET", server: "unrecognized_name" },
    ],
];

it.each(refusals)("refuses %s", async (_case, client, reason) => {
    await expectGoodClientServed();
    const before = running.log.events("handshake_refused").length;
    expect(await refusal({ ...(await client()), path: "/v1/whoami" })).toBe(reason.client);
    await until(() => running.log.events("handshake_refused").length > before, "a line in the log");
    expect(running.log.events("handshake_refused").slice(before)).toEqual([
        {
            event: "handshake_refused",
            reason: reason.server,
            address: expect.stringMatching(/127\.0\.0\.1$/) as string,
            message: "handshake refused",
        },
    ]);
});

it("refuses plaintext without an answer", async () => {
    const before = running.log.events("handshake_refused").length;
    const received = await new Promise<string>((resolve) => {
        let text = "";
        const socket = connectPlain(running.service.port, "127.0.0.1");
        socket.on("data", (chunk) => (text += chunk.toString("latin1")));
        socket.on("close", () => {
            resolve(text);
        });
        socket.on("error", () => undefined);
        socket.write("GET /healthz HTTP/1.1\r\nHost: api\r\n\r\n");
    });
    expect(received).not.toContain("HTTP");
    expect(running.log.events("handshake_refused").slice(before)).toEqual([
        expect.objectContaining({ reason: "ERR_SSL_HTTP_REQUEST" }),
    ]);
    await expectGoodClientServed();
});

it("serves leaf and intermediate, and resumes no session", async () => {
    const options = as(running, good);
    const first = await handshake(options);
    expect(first.chain).toBe(2);
    expect(first.protocol).toBe("TLSv1.3");
    const second = await handshake({ ...options, session: first.session });
    expect(second.reused).toBe(false);
});

interface Handshake {
    readonly chain: number;
    readonly protocol: string | null;
    readonly session: Buffer;
    readonly reused: boolean;
}

function handshake(options: ConnectionOptions): Promise<Handshake> {
    return new Promise((resolve, reject) => {
        const socket = connect(options);
        socket.on("error", reject);
        socket.once("session", (session: Buffer) => {
            const issuer = socket.getPeerCertificate(true).issuerCertificate;
            resolve({
                chain: issuer.subject.CN === "lab intermediate" ? 2 : 1,
                protocol: socket.getProtocol(),
                session,
                reused: socket.isSessionReused(),
            });
            socket.destroy();
        });
        socket.write("GET /healthz HTTP/1.1\r\nHost: api\r\n\r\n");
    });
}
