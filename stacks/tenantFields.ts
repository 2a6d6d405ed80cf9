import { z } from "zod";
import { isDatabaseName } from "../components/postgres/databaseName";
import { isHostName } from "../components/tls/hostName";
import { identity, level, list, namespace, says, text } from "./fields";

const name = text(
    "a lower-case DNS label of at most 40 characters, other than platform",
    "use letters, digits and inner hyphens",
    (value) => /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(value) && value !== "platform",
);

/** `system:` is Kubernetes' own: `system:authenticated` would be everybody. */
const group = text(
    "the name of a group of the cluster's login, which does not begin with system:",
    "write for example orders-team",
    (value) => /^[!-~]{1,128}$/.test(value) && !value.startsWith("system:"),
);

/** Names inside the cluster follow from the namespace; nobody grants them. */
const host = text(
    "a lower-case DNS name outside the cluster, of two labels or more, without scheme, port, wildcard or trailing dot",
    "write for example shop.example.com",
    (value) => isHostName(value) && !/\.(?:svc|cluster\.local)$/.test(value),
);

const commonName = text(
    "a database role of at most 63 lower-case letters, digits and _, or an identity <service>.<namespace>.svc",
    "write for example orders_reader",
    (value) => /^[a-z_][a-z0-9_]{0,62}$/.test(value) || identity.safeParse(value).success,
);

const databaseName = (what: string, example: string) =>
    text(
        `the name of a ${what}: 1 to 63 lower-case letters, digits and _, no digit first, not PostgreSQL's own`,
        `write for example ${example}`,
        isDatabaseName,
    );

const database = level({
    role: databaseName("role", "orders_app"),
    name: databaseName("database", "orders"),
});

const podPort = says("a whole number from 1024 to 65535", "write the port of the pods");

const flow = level({
    from: identity,
    to: identity,
    port: z.number(podPort).int(podPort).min(1024, podPort).max(65_535, podPort),
});

const count = says("a whole number from 1 to 1000", "write how many there may be");
const amount = z.number(count).int(count).min(1, count).max(1000, count).exactOptional();

const quantity = (example: string, form: RegExp) =>
    text("a Kubernetes quantity", `write for example ${example}`, (value) =>
        form.test(value),
    ).exactOptional();
const bytes = (example: string) => quantity(example, /^[1-9][0-9]{0,5}[MGT]i$/);

const quota = level({
    pods: amount,
    cpu: quantity("4", /^[1-9][0-9]{0,5}m?$/),
    memory: bytes("8Gi"),
    storage: bytes("20Gi"),
    certificates: amount,
});

const someNamespaces = list("namespaces, at least one", "name those that it has");
const yesOrNo = says("true or false", "write one of them, without quotes");

/** A team on the platform. */
const tenant = level({
    name,
    namespaces: z.array(namespace, someNamespaces).min(1, someNamespaces),
    group,
    hosts: z.array(host, list("hosts", "write [] or name them")).default([]),
    commonNames: z.array(commonName, list("common names", "write [] or name them")).default([]),
    database: database.exactOptional(),
    allows: z.array(flow, list("objects with from, to and port", "write []")).default([]),
    quota: quota.exactOptional(),
    offboarding: z.boolean(yesOrNo).default(false),
});

export const tenants = z
    .array(tenant, list("objects with name, namespaces and group", "write []"))
    .default([]);

const whoAmI = "write what `kubectl auth whoami` shows";
const names = (what: string) =>
    z.array(
        text(`the name of a ${what}`, whoAmI, (value) => /^\S(?:.*\S)?$/.test(value)),
        list(`names of ${what}s`, whoAmI),
    );

/** Who may change what is the platform's: among them who runs `pulumi up`. */
export const administrators = level({
    users: names("user").default([]),
    groups: names("group").default([]),
}).default({ users: [], groups: [] });
