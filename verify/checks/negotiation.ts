import type { Check, Sighting } from "../check";
import { sayHello } from "../connection";
import type { Hop } from "../hop";
import { cipherSuites, groups, versions } from "../registry";
import { agrees } from "./versions";

const controls = ["SC-8(1)", "SC-13"];

/** Offers each TLS 1.3 suite alone: exactly the profile's are agreed to. */
export const cipherSuitesOfProfile: Check = {
    id: "cipher-suites",
    controls,
    wanted: (hop) => sorted(hop.cipherSuites),
    look: async (hop) =>
        compare(
            hop.cipherSuites,
            await agreedTo(Object.entries(cipherSuites), (suite) =>
                offer(hop, [suite], numbersOf(groups, hop.groups)),
            ),
        ),
};

/** Offers each group alone, by a hello without key share: exactly the profile's are agreed to. */
export const groupsOfProfile: Check = {
    id: "groups",
    controls,
    wanted: (hop) => sorted(hop.groups),
    look: async (hop) =>
        compare(
            hop.groups,
            await agreedTo(Object.entries(groups), (group) =>
                offer(hop, numbersOf(cipherSuites, hop.cipherSuites), [group]),
            ),
        ),
};

async function offer(hop: Hop, suites: number[], offered: number[]): Promise<boolean> {
    const hello = {
        serverName: hop.host,
        version: versions["TLS 1.3"],
        cipherSuites: suites,
        groups: offered,
    };
    return agrees(await sayHello(hop, hello));
}

async function agreedTo(
    table: readonly [name: string, code: number][],
    agreesTo: (code: number) => Promise<boolean>,
): Promise<string[]> {
    const agreed: string[] = [];
    for (const [name, code] of table) if (await agreesTo(code)) agreed.push(name);
    return agreed;
}

function numbersOf(table: Readonly<Record<string, number>>, names: readonly string[]): number[] {
    return names.flatMap((name) => table[name] ?? []);
}

function compare(wanted: readonly string[], agreed: readonly string[]): Sighting {
    const seen = sorted(agreed);
    return { ok: seen === sorted(wanted), seen: seen === "" ? "none agreed to" : seen };
}

function sorted(names: readonly string[]): string {
    return [...names].sort().join(" ");
}
