import { profileGaps, type Daemon } from "../components/tls/daemons";
import { tlsProfile } from "../components/tls/profile";
import { fitsAlgorithm } from "./jwk";
import { digestErrors, rootModeErrors } from "./keeping";
import type { Config } from "./schema";
import { wrong } from "./shown";
import { tenantErrors } from "./tenantChecks";

/** What two keys say together. A key that is wrong by itself is left out and judged no further. */
export const crossErrors = (config: Partial<Config>, daemons: readonly Daemon[]): string[] => [
    ...renewalErrors(config),
    ...rootModeErrors(config),
    ...digestErrors(config),
    ...gapErrors(config, daemons),
    ...namespaceErrors(config),
    ...tenantErrors(config),
    ...agentMeshErrors(config),
    ...tokenErrors(config),
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

/** The stores are in a namespace of their own: what may run and flow there is said for it alone. */
function namespaceErrors({
    namespace,
    dataNamespace,
    certManagerNamespace,
}: Partial<Config>): string[] {
    if (dataNamespace === undefined) return [];
    if (dataNamespace !== namespace && dataNamespace !== certManagerNamespace) return [];
    return [
        wrong(
            "dataNamespace",
            JSON.stringify(dataNamespace),
            "a namespace that is neither the platform's nor cert-manager's",
            "write for example llm-platform-data",
        ),
    ];
}

function agentMeshErrors({ agentMesh }: Partial<Config>): string[] {
    const names = (agentMesh?.clients ?? []).map((client) => client.identity);
    return names.flatMap((name, index) =>
        names.indexOf(name) === index
            ? []
            : [
                  wrong(
                      `agentMesh.clients.${index}.identity`,
                      JSON.stringify(name),
                      "each identity once",
                      "write all its methods in one place",
                  ),
              ],
    );
}

/** A key that the algorithm cannot use would lie there and let nobody in. */
function tokenErrors({ tracer }: Partial<Config>): string[] {
    if (tracer === undefined) return [];
    const { algorithm, jwks } = tracer;
    const ids = jwks.keys.map(({ kid }) => kid);
    return jwks.keys.flatMap((key, index) => {
        const place = `tracer.jwks.keys.${index}`;
        if (!fitsAlgorithm(key, algorithm))
            return [
                wrong(
                    place,
                    `"${key.kid}"`,
                    `keys that tracer.algorithm ${algorithm} can use`,
                    "remove it, or choose the algorithm that its issuer signs with",
                ),
            ];
        if (ids.indexOf(key.kid) !== index)
            return [wrong(`${place}.kid`, `"${key.kid}"`, "each kid once", "remove one of them")];
        return [];
    });
}
