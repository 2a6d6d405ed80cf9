import { createServer } from "node:net";
import { runChecks } from "../../verify/check";
import { postgresChecks, postgresHop, type PostgresHop } from "../../verify/hops/postgres";
import type { Credentials } from "../../verify/hop";
import type { Common } from "../../verify/settings";
import { at, commonOf, lookAt, serverOf } from "./hops";
import { makePki, type TestPki } from "./pki";
import { listen } from "./servers";
import { startPostgres } from "./stores";

jest.setTimeout(120_000);

const host = "postgres.llm-platform-data.svc";

let pki: TestPki;
let common: Common;
let server: Credentials;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
    pki = await makePki();
    common = await commonOf(pki);
    server = await pki.issue({ names: [host, `${host}.cluster.local`] });
});

afterAll(async () => {
    for (const stop of stops) await stop();
});

const hopAt = (port: number): PostgresHop =>
    at(
        postgresHop(common, {
            ...serverOf(host, 5432, server),
            role: "app_user",
            database: "llm_platform",
        }),
        { host: "127.0.0.1", port },
    );

async function start(change?: Parameters<typeof startPostgres>[1]): Promise<PostgresHop> {
    const { port, stop } = await startPostgres({ server, root: pki.root }, change);
    stops.push(stop);
    return hopAt(port);
}

const replication = "max_wal_senders = '4'\nwal_level = 'replica'\n";

const look = (id: string, hop: PostgresHop) => lookAt(postgresChecks, id, hop);

it("passes every check as the platform configures it", async () => {
    const results = await runChecks(await start(), postgresChecks);
    expect(results.filter(({ outcome }) => outcome !== "pass")).toEqual([]);
    const seen = Object.fromEntries(results.map((result) => [result.id, result.seen]));
    expect(seen).toMatchObject({
        groups: "prime256v1",
        "client-certificate-accepted": "a password asked for by SCRAM-SHA-256",
        "client-certificate-demanded": "FATAL 28000 connection requires a valid client certificate",
        "other-ca-refused": "alert unknown_ca",
        "no-session-tickets": "none",
    });
    expect(seen["plaintext-refused"]).toMatch(/^FATAL 28000 .*no encryption/);
    expect(seen["replication-refused"]).toMatch(
        /^FATAL 53300 .*"max_wal_senders" \(currently 0\)$/,
    );
    expect(seen["superuser-refused"]).toMatch(/^FATAL 28000 /);
});

it("passes replication-refused where others may replicate", async () => {
    const hop = await start((files) => ({
        "postgresql.conf": `${files["postgresql.conf"] ?? ""}${replication}`,
    }));
    const { outcome, seen } = await look("replication-refused", hop);
    expect(outcome).toBe("pass");
    expect(seen).toMatch(/^FATAL 28000 pg_hba.conf rejects replication connection/);
});

describe("a PostgreSQL that lets everybody in", () => {
    let weak: PostgresHop;

    beforeAll(async () => {
        weak = await start((files) => ({
            "pg_hba.conf": `${files["pg_hba.conf"]?.split("\n", 1)[0] ?? ""}\nhost all all all trust\nhost replication all all trust\n`,
            "postgresql.conf": `${files["postgresql.conf"] ?? ""}ssl_min_protocol_version = 'TLSv1.2'\nssl_ca_file = ''\nssl_ecdh_curve = 'secp521r1'\n${replication}`,
            "openssl.cnf": "# OpenSSL as it is\n",
        }));
    });

    const letIn = "let in without a password";

    it.each([
        ["tls12-refused", "accepted, as TLS 1.2"],
        ["groups", "secp521r1"],
        ["client-certificate-accepted", letIn],
        ["client-certificate-demanded", letIn],
        ["other-ca-refused", letIn],
        ["plaintext-refused", letIn],
        ["replication-refused", letIn],
        ["superuser-refused", letIn],
    ])("fails %s", async (id, seen) => {
        expect(await look(id, weak)).toEqual({ outcome: "fail", seen });
    });
});

it("fails where TLS is off", async () => {
    const off = await start((files) => ({
        "postgresql.conf": `${files["postgresql.conf"] ?? ""}ssl = 'off'\n`,
        "pg_hba.conf": `${files["pg_hba.conf"]?.split("\n", 1)[0] ?? ""}\nhost all all all scram-sha-256\n`,
    }));
    expect(await look("tls13-accepted", off)).toEqual({
        outcome: "fail",
        seen: "refused: the server has no TLS",
    });
    expect(await look("plaintext-refused", off)).toEqual({
        outcome: "fail",
        seen: "a password asked for by SCRAM-SHA-256",
    });
});

it("could not look where something else listens, or nobody answers", async () => {
    const other = await listen(createServer((socket) => socket.end("HTTP/1.1 400\r\n\r\n")));
    const silent = await listen(createServer());
    stops.push(other.close, silent.close);
    expect(await look("tls12-refused", hopAt(other.address.port))).toEqual({
        outcome: "unknown",
        seen: "could not look: this is not PostgreSQL",
    });
    expect(await look("plaintext-refused", hopAt(silent.address.port))).toEqual({
        outcome: "unknown",
        seen: "could not look: silent for 10 s",
    });
});
