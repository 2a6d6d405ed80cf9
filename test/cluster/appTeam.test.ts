import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { pack, root } from "../engine/pulumi";
import { SmallProject } from "../engine/smallProject";
import { stack } from "../target";
import type { Credentials } from "./harness/credentials";
import { HttpsHop } from "./harness/hops/https";
import { PostgresHop, type PostgresAttempt } from "./harness/hops/postgres";
import { timesLogged } from "./harness/logs";
import {
    connectPlatform,
    eventually,
    readCredentials,
    readSecret,
    type Platform,
} from "./harness/platform";
import { closeForwards, forwardPort } from "./harness/portForwards";
import { answered } from "./refusals";

/** A team's own project, deployed beside the platform by a reference to its stack, used, and taken away again. */
const folder = join(root, "stacks", "app-team");
const namespace = "orders";
const identity = "orders.orders.svc";

/** Secrets that cert-manager leaves where their certificate is deleted. */
const keptSecrets = ["orders-client", "orders-server", "web-client"];

let platform: Platform;
let team: SmallProject;
let orders: HttpsHop;

const kubectl = (...args: string[]): string => execFileSync("kubectl", args, { encoding: "utf8" });

/** What the program and cert-manager have made in the team's namespace, where others have theirs: each is called by what it is for. */
const objects = (): readonly string[] =>
    kubectl(
        "get",
        "certificates,certificaterequests,configmaps,deployments,networkpolicies,poddisruptionbudgets,pods,secrets,serviceaccounts,services",
        ...["--namespace", namespace, "--output", "name"],
    )
        .trim()
        .split("\n")
        .filter((name) => /\/(?:orders|web)(?:-|$)/.test(name))
        .sort();

const removeKept = (): string =>
    kubectl("delete", "secret", "--ignore-not-found", "--namespace", namespace, ...keptSecrets);

/** Asks PostgreSQL as its superuser, by the socket inside its pod. */
const query = (database: string, statement: string): string =>
    kubectl(
        ...["exec", "--namespace", String(platform.outputs.dataNamespace), "postgres-0"],
        ...[
            "--container",
            "postgres",
            "--",
            "psql",
            "--host=/run/postgresql",
            "--username=postgres",
        ],
        ...["--tuples-only", "--no-align", `--dbname=${database}`, `--command=${statement}`],
    ).trim();

beforeAll(async () => {
    platform = await connectPlatform();
    // Of a run that was killed.
    removeKept();
    expect(objects()).toEqual([]);
    team = SmallProject.linked(folder);
    const { config } = parse(readFileSync(join(folder, "Pulumi.lab.yaml"), "utf8")) as {
        config: Readonly<Record<string, string>>;
    };
    const own = { ...config, "orders:platform": `organization/encryption-in-transit/${stack}` };
    for (const [key, value] of Object.entries(own)) team.must(["config", "set", key, value]);
    team.must(["up", "--yes", "--skip-preview", ...pack]);
    const web = await readCredentials(platform, namespace, "web-client");
    const address = await forwardPort(platform, { namespace, workload: "orders" }, 3003);
    const { trust } = platform;
    orders = new HttpsHop({ name: "orders", host: identity, path: "/", address, trust }, web);
});

afterAll(async () => {
    await closeForwards();
    team.run(["destroy", "--yes", "--skip-preview"]);
    team.remove();
    removeKept();
    query("orders", "DROP TABLE IF EXISTS orders_app.orders");
    query(
        String(platform.outputs.postgresDatabase),
        `DELETE FROM ${String(platform.outputs.postgresRole)}.records WHERE owner = '${identity}'`,
    );
});

const order = (credentials: Credentials) =>
    orders.attempt({
        credentials,
        method: "POST",
        path: "/v1/orders",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ item: "3 chairs" }),
    });

it("takes an order, for which it asks the api and PostgreSQL as itself", async () => {
    const api = { namespace: platform.namespace, workload: "api" };
    const line = `"identity":"${identity}","via":"direct","peer":"${identity}"`;
    const logged = await timesLogged(platform, api, line);

    const taken = await order(orders.credentials);
    expect(taken).toEqual(answered(201, "3 chairs"));
    const sessions = query(
        "postgres",
        "SELECT datname, version, client_dn FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'orders_app'",
    );

    expect(sessions.split("\n")).toContain("orders|TLSv1.3|/CN=orders_app");
    await eventually("line of the api's audit log", 10_000, async () =>
        (await timesLogged(platform, api, line)) > logged ? true : undefined,
    );
    const { id, receipt } = JSON.parse(taken.kind === "answered" ? taken.body : "") as {
        id: string;
        receipt: string;
    };
    expect(query("orders", `SELECT receipt FROM orders_app.orders WHERE id = '${id}'`)).toBe(
        receipt,
    );
    const { credentials } = orders;
    expect(await orders.attempt({ credentials, path: `/v1/orders/${id}` })).toEqual(
        answered(200, receipt),
    );
});

it("takes no order from another identity, even its own", async () => {
    const itself = await readCredentials(platform, namespace, "orders-client");
    expect(await order(itself)).toEqual(answered(403, "identity_not_allowed"));
});

describe("PostgreSQL, with the team's certificate", () => {
    let postgres: PostgresHop;

    beforeAll(async () => {
        const { outputs, trust } = platform;
        const at = { namespace: String(outputs.dataNamespace), workload: "postgres" };
        const address = await forwardPort(platform, at, Number(outputs.postgresPort));
        postgres = new PostgresHop(
            { name: "postgres", host: String(outputs.postgresHost), address, trust },
            await readCredentials(platform, namespace, "orders-client"),
            {
                user: "orders_app",
                database: "orders",
                password: await readSecret(platform, namespace, "postgres-credentials", "password"),
            },
        );
    });
    afterAll(() => {
        postgres.close();
    });

    const attempt = (as: PostgresAttempt) =>
        postgres.attempt({ credentials: postgres.credentials, ...as });
    const refused = (reason: string) => ({ kind: "refused", reason });

    it("lets it in to its own database", async () => {
        expect(await attempt({})).toEqual(answered(200, "orders_app TLSv1.3"));
    });

    it("refuses the platform's role, even with the right password", async () => {
        const { postgresRole: user, postgresDatabase: database } = platform.outputs;
        const password = await readSecret(
            platform,
            platform.namespace,
            "postgres-credentials",
            "password",
        );
        const as = { user: String(user), database: String(database), password };
        expect(await attempt(as)).toEqual(refused("28P01"));
    });

    it.each(["llm_platform", "postgres"])("refuses the database %s", async (database) => {
        expect(await attempt({ database })).toEqual(refused("28000"));
    });
});

it("leaves nothing but what cert-manager keeps of its certificates, which goes by hand", async () => {
    const kept = keptSecrets.map((name) => `secret/${name}`);
    expect(objects()).toEqual(expect.arrayContaining(["deployment.apps/orders", ...kept]));
    team.must(["destroy", "--yes", "--skip-preview"]);
    await eventually("end of the pods", 60_000, () =>
        Promise.resolve(objects().some((name) => name.startsWith("pod/")) ? undefined : true),
    );
    expect(objects()).toEqual(kept);
    removeKept();
    expect(objects()).toEqual([]);
});
