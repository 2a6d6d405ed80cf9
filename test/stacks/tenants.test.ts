import { settingsFrom } from "../../stacks/settings";
import { kubeconfigOf, project, raw } from "./raw";

const read = (changes: object) =>
    settingsFrom({
        project,
        raw: raw({ ...changes }),
        env: { KUBECONFIG: kubeconfigOf("lab") },
        now: new Date("2026-11-24T10:00:00Z"),
        last: undefined,
    });

const administrators = { users: ["deployer"] };
const tenant = (name: string, changes: object = {}) => ({
    name,
    namespaces: [name],
    group: `${name}-team`,
    ...changes,
});
const orders = tenant("orders");

const errorsOf = (tenants: object[], more: object = {}): readonly string[] => {
    const settings = read({ administrators, tenants, ...more });
    return "errors" in settings ? settings.errors : [];
};

it("are read with what is not set", () => {
    const settings = read({ administrators, tenants: [orders] });
    expect(settings).toMatchObject({
        config: {
            administrators: { users: ["deployer"], groups: [] },
            tenants: [
                {
                    name: "orders",
                    namespaces: ["orders"],
                    group: "orders-team",
                    hosts: [],
                    commonNames: [],
                    allows: [],
                    offboarding: false,
                },
            ],
        },
    });
});

it("may have hosts, common names and flows that are nobody else's", () => {
    const both = [
        tenant("orders", {
            namespaces: ["orders", "orders-batch"],
            hosts: ["shop.example.com", "www.shop.example.com", "shop.local.bluefly.io"],
            commonNames: ["orders_reader", "worker.orders-batch.svc"],
            allows: [
                { from: "web.orders.svc", to: "api.llm-platform.svc", port: 3001 },
                { from: "prometheus.monitoring.svc", to: "web.orders.svc", port: 9443 },
            ],
            database: { role: "orders_app", name: "orders" },
            quota: { pods: 3, cpu: "500m", memory: "1Gi", storage: "1Gi", certificates: 4 },
        }),
        tenant("refunds", {
            hosts: ["othershop.example.com"],
            commonNames: ["refunds_reader"],
            database: { role: "refunds_app", name: "refunds" },
            offboarding: true,
        }),
    ];
    expect(errorsOf(both)).toEqual([]);
});

const aHost =
    "allowed a lower-case DNS name outside the cluster, of two labels or more, without scheme, port, wildcard or trailing dot; write for example shop.example.com";
const aNamespace =
    "allowed a lower-case DNS label of at most 63 characters; use letters, digits and inner hyphens";
const aCommonName =
    "allowed a database role of at most 63 lower-case letters, digits and _, or an identity <service>.<namespace>.svc; write for example orders_reader";
const aGroup =
    "allowed the name of a group of the cluster's login, which does not begin with system:; write for example orders-team";
const aPort = "allowed a whole number from 1024 to 65535; write the port of the pods";
const aName =
    "allowed a lower-case DNS label of at most 40 characters, other than platform; use letters, digits and inner hyphens";
const reserved =
    "allowed namespaces that are neither the platform's, its operators' nor Kubernetes' own; remove it";
const overlapping = "allowed hosts that are not, nor lie above or below, one of another:";
const aRole =
    "allowed roles other than app_user and postgres, and identities in the tenant's own namespaces; choose another";

it.each<[string, object[], string]>([
    [
        "a namespace of 64 characters",
        [tenant("orders", { namespaces: ["a".repeat(64)] })],
        `[tenants.0.namespaces.0] is "${"a".repeat(64)}"; ${aNamespace}`,
    ],
    [
        "no namespace",
        [tenant("orders", { namespaces: [] })],
        "[tenants.0.namespaces] is []; allowed a list of namespaces, at least one; name those that it has",
    ],
    ["the name of the platform", [tenant("platform")], `[tenants.0.name] is "platform"; ${aName}`],
    [
        "a group of Kubernetes",
        [tenant("orders", { group: "system:authenticated" })],
        `[tenants.0.group] is "system:authenticated"; ${aGroup}`,
    ],
    [
        "a wildcard",
        [tenant("orders", { hosts: ["*.example.com"] })],
        `[tenants.0.hosts.0] is "*.example.com"; ${aHost}`,
    ],
    [
        "a name inside the cluster as a host",
        [tenant("orders", { hosts: ["api.llm-platform.svc"] })],
        `[tenants.0.hosts.0] is "api.llm-platform.svc"; ${aHost}`,
    ],
    [
        "a host as a common name",
        [tenant("orders", { commonNames: ["shop.example.com"] })],
        `[tenants.0.commonNames.0] is "shop.example.com"; ${aCommonName}`,
    ],
    [
        "a port of the Service instead of the pods'",
        [tenant("orders", { allows: [{ from: "a.orders.svc", to: "b.orders.svc", port: 443 }] })],
        `[tenants.0.allows.0.port] is 443; ${aPort}`,
    ],
    [
        "a text for a choice",
        [tenant("orders", { offboarding: "yes" })],
        '[tenants.0.offboarding] is "yes"; allowed true or false; write one of them, without quotes',
    ],
    [
        "an amount without unit",
        [tenant("orders", { quota: { memory: "8" } })],
        '[tenants.0.quota.memory] is "8"; allowed a Kubernetes quantity; write for example 8Gi',
    ],
    [
        "a tenant twice",
        [orders, tenant("orders", { namespaces: ["orders-batch"] })],
        '[tenants.1.name] is "orders"; allowed each tenant once; put all its namespaces in one entry',
    ],
    [
        "a namespace twice",
        [orders, tenant("refunds", { namespaces: ["refunds", "orders"] })],
        '[tenants.1.namespaces.1] is "orders"; allowed each namespace once, and tenants orders and refunds have it; remove one of them',
    ],
    ...["llm-platform", "llm-platform-data", "cert-manager", "istio-system", "kube-system"].map(
        (namespace): [string, object[], string] => [
            `the namespace ${namespace}`,
            [tenant("orders", { namespaces: [namespace] })],
            `[tenants.0.namespaces.0] is "${namespace}"; ${reserved}`,
        ],
    ),
    [
        "a host granted twice",
        [
            tenant("orders", { hosts: ["shop.example.com"] }),
            tenant("refunds", { hosts: ["shop.example.com"] }),
        ],
        '[tenants.1.hosts.0] is "shop.example.com"; allowed each host once, and tenants orders and refunds have it; remove one of them',
    ],
    [
        "a host below another tenant's",
        [
            tenant("orders", { hosts: ["shop.example.com"] }),
            tenant("refunds", { hosts: ["refunds.shop.example.com"] }),
        ],
        `[tenants.1.hosts.0] is "refunds.shop.example.com"; ${overlapping} tenant orders has shop.example.com; choose another`,
    ],
    [
        "a host above another tenant's",
        [
            tenant("orders", { hosts: ["www.shop.example.com"] }),
            tenant("refunds", { hosts: ["shop.example.com"] }),
        ],
        `[tenants.1.hosts.0] is "shop.example.com"; ${overlapping} tenant orders has www.shop.example.com; choose another`,
    ],
    [
        "the gateway's host",
        [tenant("orders", { hosts: ["gateway.local.bluefly.io"] })],
        `[tenants.0.hosts.0] is "gateway.local.bluefly.io"; ${overlapping} the platform has gateway.local.bluefly.io; choose another`,
    ],
    [
        "the platform's domain",
        [tenant("orders", { hosts: ["local.bluefly.io"] })],
        `[tenants.0.hosts.0] is "local.bluefly.io"; ${overlapping} the platform has gateway.local.bluefly.io; choose another`,
    ],
    [
        "a common name granted twice",
        [
            tenant("orders", { commonNames: ["reader"] }),
            tenant("refunds", { commonNames: ["reader"] }),
        ],
        '[tenants.1.commonNames.0] is "reader"; allowed each common name once, and tenants orders and refunds have it; remove one of them',
    ],
    [
        "a role of two databases",
        [
            tenant("orders", { database: { role: "shop", name: "orders" } }),
            tenant("refunds", { database: { role: "shop", name: "refunds" } }),
        ],
        '[tenants.1.database.role] is "shop"; allowed each common name once, and tenants orders and refunds have it; remove one of them',
    ],
    [
        "a role that is another tenant's common name",
        [
            tenant("orders", { commonNames: ["shop"] }),
            tenant("refunds", { database: { role: "shop", name: "refunds" } }),
        ],
        '[tenants.1.database.role] is "shop"; allowed each common name once, and tenants orders and refunds have it; remove one of them',
    ],
    [
        "a role that is granted twice",
        [
            tenant("orders", {
                commonNames: ["shop"],
                database: { role: "shop", name: "orders" },
            }),
        ],
        '[tenants.0.database.role] is "shop"; allowed each common name once, and tenant orders has it twice; remove one of them',
    ],
    [
        "a database of two tenants",
        [
            tenant("orders", { database: { role: "orders_app", name: "shop" } }),
            tenant("refunds", { database: { role: "refunds_app", name: "shop" } }),
        ],
        '[tenants.1.database.name] is "shop"; allowed each database once, and tenants orders and refunds have it; remove one of them',
    ],
    [
        "the platform's role for a database",
        [tenant("orders", { database: { role: "app_user", name: "orders" } })],
        '[tenants.0.database.role] is "app_user"; allowed what is not the platform\'s own; choose another',
    ],
    [
        "the platform's database",
        [tenant("orders", { database: { role: "orders_app", name: "llm_platform" } })],
        '[tenants.0.database.name] is "llm_platform"; allowed what is not the platform\'s own; choose another',
    ],
    [
        "the superuser for a database",
        [tenant("orders", { database: { role: "postgres", name: "orders" } })],
        '[tenants.0.database.role] is "postgres"; allowed the name of a role: 1 to 63 lower-case letters, digits and _, no digit first, not PostgreSQL\'s own; write for example orders_app',
    ],
    [
        "a database with a hyphen",
        [tenant("orders", { database: { role: "orders_app", name: "orders-2" } })],
        '[tenants.0.database.name] is "orders-2"; allowed the name of a database: 1 to 63 lower-case letters, digits and _, no digit first, not PostgreSQL\'s own; write for example orders',
    ],
    [
        "the platform's database role",
        [tenant("orders", { commonNames: ["app_user"] })],
        `[tenants.0.commonNames.0] is "app_user"; ${aRole}`,
    ],
    [
        "another's identity as a common name",
        [tenant("orders", { commonNames: ["prometheus.monitoring.svc"] })],
        `[tenants.0.commonNames.0] is "prometheus.monitoring.svc"; ${aRole}`,
    ],
    [
        "a flow between others",
        [
            tenant("orders", {
                allows: [{ from: "a.llm-platform.svc", to: "b.llm-platform.svc", port: 3001 }],
            }),
        ],
        '[tenants.0.allows.0] is {"from":"a.llm-platform.svc","to":"b.llm-platform.svc","port":3001}; allowed flows of which one end is in orders; write it where it belongs',
    ],
])("%s is one error, and nothing is made", (_name, tenants, message) => {
    expect(errorsOf(tenants)).toEqual([message]);
});

it("need somebody who may change the platform", () => {
    const none = { users: [], groups: [] };
    expect(errorsOf([], { administrators: none })).toEqual([]);
    expect(errorsOf([orders], { administrators: none })).toEqual([
        '[administrators] is {"users":[],"groups":[]}; allowed at least one user or group where there are tenants; write in users what `kubectl auth whoami` shows',
    ]);
    expect(errorsOf([orders], { administrators: { groups: ["system:masters"] } })).toEqual([]);
});
