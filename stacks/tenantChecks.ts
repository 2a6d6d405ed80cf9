import { identityParts } from "../components/pki/names";
import { database, hostsOf } from "../components/platform/parts";
import type { Config } from "./schema";
import { shown, wrong } from "./shown";

type Tenant = Config["tenants"][number];

/** One value of one tenant, and where it stands in the configuration. */
interface Granted {
    readonly tenant: string;
    readonly place: string;
    readonly value: string;
}

/** What tenants may not have together, or of the platform's. */
export const tenantErrors = (config: Partial<Config>): string[] => {
    const { tenants = [] } = config;
    return [
        ...nameErrors(tenants),
        ...namespaceErrors(config, tenants),
        ...hostErrors(config, tenants),
        ...commonNameErrors(tenants),
        ...databaseErrors(tenants),
        ...flowErrors(tenants),
        ...administratorErrors(config, tenants),
    ];
};

function granted(
    tenants: readonly Tenant[],
    key: "namespaces" | "hosts" | "commonNames",
): readonly Granted[] {
    return tenants.flatMap((tenant, index) =>
        tenant[key].map((value, inside) => ({
            tenant: tenant.name,
            place: `tenants.${index}.${key}.${inside}`,
            value,
        })),
    );
}

/** What is set of tenants' databases. */
const ofDatabases = (tenants: readonly Tenant[], key: "role" | "name"): readonly Granted[] =>
    tenants.flatMap(({ name, database }, index) =>
        database === undefined
            ? []
            : [{ tenant: name, place: `tenants.${index}.database.${key}`, value: database[key] }],
    );

/** Those whose value stands somewhere before them. */
const repeated = (all: readonly Granted[]): readonly Granted[] =>
    all.filter(({ value }, index) => all.findIndex((one) => one.value === value) < index);

const repetitionErrors = (all: readonly Granted[], what: string): string[] =>
    repeated(all).map(({ tenant, place, value }) => {
        const first = all.find((one) => one.value === value)?.tenant ?? "";
        const owners =
            first === tenant
                ? `tenant ${tenant} has it twice`
                : `tenants ${first} and ${tenant} have it`;
        return wrong(place, shown(value), `each ${what} once, and ${owners}`, "remove one of them");
    });

const nameErrors = (tenants: readonly Tenant[]): string[] =>
    tenants.flatMap(({ name }, index) =>
        tenants.findIndex((one) => one.name === name) === index
            ? []
            : [
                  wrong(
                      `tenants.${index}.name`,
                      shown(name),
                      "each tenant once",
                      "put all its namespaces in one entry",
                  ),
              ],
    );

const othersNamespaces = ["default", "istio-system"];

function namespaceErrors(
    { namespace, dataNamespace, certManagerNamespace }: Partial<Config>,
    tenants: readonly Tenant[],
): string[] {
    const reserved = [namespace, dataNamespace, certManagerNamespace, ...othersNamespaces];
    const isReserved = (name: string) => name.startsWith("kube-") || reserved.includes(name);
    const all = granted(tenants, "namespaces");
    return [
        ...all
            .filter(({ value }) => isReserved(value))
            .map(({ place, value }) =>
                wrong(
                    place,
                    shown(value),
                    "namespaces that are neither the platform's, its operators' nor Kubernetes' own",
                    "remove it",
                ),
            ),
        ...repetitionErrors(
            all.filter(({ value }) => !isReserved(value)),
            "namespace",
        ),
    ];
}

/** Whoever serves a host reads the cookies of those below it. */
const overlap = (a: string, b: string): boolean =>
    a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`);

function hostErrors({ domain }: Partial<Config>, tenants: readonly Tenant[]): string[] {
    const all = granted(tenants, "hosts");
    const own = domain === undefined ? [] : Object.values(hostsOf({ domain }));
    return [
        ...repetitionErrors(all, "host"),
        ...all.flatMap(({ tenant, place, value }, index) => {
            const platforms = own.find((host) => overlap(host, value));
            const others = all
                .slice(0, index)
                .find(
                    (one) =>
                        one.tenant !== tenant && one.value !== value && overlap(one.value, value),
                );
            const [host, owner] =
                platforms === undefined
                    ? [others?.value, `tenant ${others?.tenant ?? ""}`]
                    : [platforms, "the platform"];
            return host === undefined
                ? []
                : [
                      wrong(
                          place,
                          shown(value),
                          `hosts that are not, nor lie above or below, one of another: ${owner} has ${host}`,
                          "choose another",
                      ),
                  ];
        }),
    ];
}

/** Roles that a certificate must not give to a tenant: the platform's own, and the one that may do everything. */
const ownRoles: readonly string[] = [database.role, "postgres"];

const commonNameErrors = (tenants: readonly Tenant[]): string[] => [
    // The role of a database is granted with it.
    ...repetitionErrors(
        [...granted(tenants, "commonNames"), ...ofDatabases(tenants, "role")],
        "common name",
    ),
    ...tenants.flatMap(({ commonNames, namespaces }, index) =>
        commonNames.flatMap((value, inside) => {
            const { namespace } = identityParts(value);
            const isOwn = namespace === "" || namespaces.includes(namespace);
            return isOwn && !ownRoles.includes(value)
                ? []
                : [
                      wrong(
                          `tenants.${index}.commonNames.${inside}`,
                          shown(value),
                          `roles other than ${ownRoles.join(" and ")}, and identities in the tenant's own namespaces`,
                          "choose another",
                      ),
                  ];
        }),
    ),
];

function databaseErrors(tenants: readonly Tenant[]): string[] {
    const names = ofDatabases(tenants, "name");
    const own = [
        ...ofDatabases(tenants, "role").filter(({ value }) => value === database.role),
        ...names.filter(({ value }) => value === database.name),
    ];
    return [
        ...own.map(({ place, value }) =>
            wrong(place, shown(value), "what is not the platform's own", "choose another"),
        ),
        ...repetitionErrors(names, "database"),
    ];
}

const flowErrors = (tenants: readonly Tenant[]): string[] =>
    tenants.flatMap(({ allows, namespaces }, index) =>
        allows.flatMap((flow, inside) =>
            [flow.from, flow.to].some((end) => namespaces.includes(identityParts(end).namespace))
                ? []
                : [
                      wrong(
                          `tenants.${index}.allows.${inside}`,
                          shown(flow),
                          `flows of which one end is in ${namespaces.join(", ")}`,
                          "write it where it belongs",
                      ),
                  ],
        ),
    );

/** Whoever is not named could not change the platform any more. */
function administratorErrors(
    { administrators }: Partial<Config>,
    tenants: readonly Tenant[],
): string[] {
    if (administrators === undefined || tenants.length === 0) return [];
    if (administrators.users.length + administrators.groups.length > 0) return [];
    return [
        wrong(
            "administrators",
            shown(administrators),
            "at least one user or group where there are tenants",
            "write in users what `kubectl auth whoami` shows",
        ),
    ];
}
