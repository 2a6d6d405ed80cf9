import { profileGaps, type Daemon } from "../components/tls/daemons";
import { tlsProfile } from "../components/tls/profile";
import type { Config } from "./schema";
import { wrong } from "./shown";

/** What two keys say together. A key that is wrong by itself is left out and judged no further. */
export const crossErrors = (config: Partial<Config>, daemons: readonly Daemon[]): string[] => [
    ...renewalErrors(config),
    ...rootErrors(config),
    ...gapErrors(config, daemons),
    ...tenantErrors(config),
];

function renewalErrors({ leaf }: Partial<Config>): string[] {
    if (leaf === undefined || leaf.renewBefore < leaf.lifetime) return [];
    return [
        wrong(
            "leaf.renewBefore",
            `"${leaf.renewBefore}h"`,
            `1h to less than leaf.lifetime, "${leaf.lifetime}h"`,
            `write for example "${Math.floor(leaf.lifetime / 3)}h", a third of it`,
        ),
    ];
}

/** A managed root lies in the state, with everyone who can decrypt it. */
function rootErrors({ environment, pki }: Partial<Config>): string[] {
    if (pki === undefined || (environment !== "staging" && environment !== "prod")) return [];
    return [
        wrong(
            "pki.rootMode",
            `"${pki.rootMode}"`,
            "managed in environments lab and dev alone, since it keeps the root's key in the state",
            `make ${environment} wait for a version that has an offline root`,
        ),
    ];
}

function gapErrors(
    { profile, acceptedGaps }: Partial<Config>,
    daemons: readonly Daemon[],
): string[] {
    if (profile === undefined || acceptedGaps === undefined) return [];
    const gaps = profileGaps(tlsProfile(profile), daemons);
    const names = gaps.map(({ name }) => name);
    return [
        ...gaps
            .filter(({ name }) => !acceptedGaps.includes(name))
            .map(({ name, offers }) =>
                wrong(
                    "acceptedGaps",
                    JSON.stringify(acceptedGaps),
                    `a list with "${name}", because profile ${profile} cannot be enforced there and ${offers.join(", ")} would be negotiable`,
                    "add it if that is acceptable, or choose another profile",
                ),
            ),
        ...acceptedGaps
            .filter((name) => !names.includes(name))
            .map((name) =>
                wrong(
                    "acceptedGaps",
                    JSON.stringify(acceptedGaps),
                    names.length === 0
                        ? `[], because profile ${profile} is enforced everywhere`
                        : `gaps of profile ${profile}: ${names.join(", ")}`,
                    `remove "${name}"`,
                ),
            ),
    ];
}

function tenantErrors({ namespace, tenants = [] }: Partial<Config>): string[] {
    const names = tenants.map((tenant) => tenant.namespace);
    return names.flatMap((name, index) =>
        name === namespace || names.indexOf(name) !== index
            ? [
                  wrong(
                      `tenants.${index}.namespace`,
                      JSON.stringify(name),
                      "each namespace once, and not the platform's own",
                      "remove it",
                  ),
              ]
            : [],
    );
}
