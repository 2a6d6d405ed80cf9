import { issueLeaf, platformSigner, type Credentials } from "./harness/credentials";
import type { PostgresAttempt } from "./harness/hops/postgres";
import { openHops, type OpenHops } from "./harness/hops/platformHops";
import type { RedisAttempt, RedisLogin } from "./harness/hops/redis";
import { connectPlatform, readSecret, type Platform } from "./harness/platform";
import { answered } from "./refusals";

/** What the stores refuse beyond the handshake, each beside the same act permitted. */
let platform: Platform;
let open: OpenHops;
let certificates: Readonly<Record<"app_user" | "other_app" | "postgres", Credentials>>;

beforeAll(async () => {
    platform = await connectPlatform();
    open = await openHops(platform);
    certificates = {
        app_user: await named("app_user"),
        other_app: await named("other_app"),
        postgres: await named("postgres"),
    };
});

afterAll(() => open.close());

/** A certificate of the platform's CA with this common name. */
const named = async (commonName: string): Promise<Credentials> =>
    issueLeaf(await platformSigner(platform), {
        identity: String(platform.outputs.apiHost),
        commonName,
    });

describe("PostgreSQL", () => {
    const cases: readonly [string, () => PostgresAttempt, string][] = [
        [
            "the certificate of another application's role",
            () => ({ credentials: certificates.other_app }),
            "28P01",
        ],
        [
            "the role of another application",
            () => ({ credentials: certificates.other_app, user: "other_app" }),
            "28000",
        ],
        [
            "the superuser, even with a certificate of that name",
            () => ({ credentials: certificates.postgres, user: "postgres", database: "postgres" }),
            "28000",
        ],
        [
            "another database",
            () => ({ credentials: certificates.app_user, database: "postgres" }),
            "28000",
        ],
        [
            "a wrong password",
            () => ({ credentials: certificates.app_user, password: "wrong" }),
            "28P01",
        ],
        ["sslmode=disable", () => ({ plaintext: true }), "28000"],
        // too_many_connections: without a role for it there is not one place for a replica
        [
            "replication without a certificate",
            () => ({ replication: true, plaintext: true }),
            "53300",
        ],
        [
            "replication as an application",
            () => ({ credentials: certificates.app_user, replication: true }),
            "53300",
        ],
    ];

    it.each(cases)("refuses %s", async (_case, attempt, reason) => {
        expect(await open.hops.postgres.attempt(attempt())).toEqual({ kind: "refused", reason });
    });

    it("lets in the role with its certificate and its password", async () => {
        expect(await open.hops.postgres.attempt({ credentials: certificates.app_user })).toEqual(
            answered(200, "app_user TLSv1.3"),
        );
    });
});

describe("Redis", () => {
    const login = (user: string, password: string): RedisLogin => ({ user, password });
    let password: string;

    beforeAll(async () => {
        password = await readSecret(platform, platform.namespace, "redis-credentials", "password");
    });

    const cases: readonly [string, () => RedisAttempt, string][] = [
        ["the default user", () => ({ login: { password: "" } }), "-NOAUTH"],
        ["the default user by name", () => ({ login: login("default", "") }), "-WRONGPASS"],
        ["a wrong password", () => ({ login: login("api", "wrong") }), "-WRONGPASS"],
        ["the reload user", () => ({ login: login("reload", password) }), "-WRONGPASS"],
        ["another application's keys", () => ({ command: ["GET", "other:1"] }), "-NOPERM"],
        ["a command of the operator", () => ({ command: ["CONFIG", "GET", "*"] }), "-NOPERM"],
        ["a look at all keys", () => ({ command: ["KEYS", "*"] }), "-NOPERM"],
        ["replication", () => ({ command: ["PSYNC", "?", "-1"] }), "-NOPERM"],
    ];

    it.each(cases)("refuses %s", async (_case, attempt, error) => {
        const { credentials } = open.hops.redis;
        expect(await open.hops.redis.attempt({ credentials, ...attempt() })).toEqual(
            answered(403, error),
        );
    });

    it("lets in the application with its password, to its keys", async () => {
        const { credentials } = open.hops.redis;
        const attempt = { credentials, command: ["SET", "api:test:1", "kept", "EX", "60"] };
        expect(await open.hops.redis.attempt(attempt)).toEqual(answered(200, "+OK"));
        const read = { credentials, command: ["GET", "api:test:1"] };
        expect(await open.hops.redis.attempt(read)).toEqual(answered(200, "kept"));
    });
});
