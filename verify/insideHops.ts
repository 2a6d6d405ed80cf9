import { couldNotLook, runChecks, type Check, type Result } from "./check";
import { agentMeshChecks, agentMeshHop } from "./hops/agentMesh";
import { apiChecks, apiHop } from "./hops/api";
import { postgresChecks, postgresHop } from "./hops/postgres";
import { redisChecks, redisHop } from "./hops/redis";
import { tracerChecks, tracerHop } from "./hops/tracer";
import type { Credentials, Hop } from "./hop";
import type { Common, InsideSettings } from "./settings";

/** What the one who looks has of its own. */
export interface Own {
    /** PEM of the roots. */
    readonly trustBundle: string;
    readonly verifier: Credentials;
}

/** A hop with its checks, whatever kind it is of. */
interface Attack {
    readonly run: () => Promise<Result[]>;
    readonly couldNotLook: (reason: string) => Result[];
}

function attack<H extends Hop>(hop: H, checks: readonly Check<H>[]): Attack {
    return {
        run: () => runChecks(hop, checks),
        couldNotLook: (reason) => checks.map((check) => couldNotLook(hop, check, reason)),
    };
}

/** Every hop that is looked at from inside, in the order of the evidence. */
function attacks({ servers, ...shared }: InsideSettings, own: Own): Attack[] {
    const common: Common = { ...shared, ...own };
    return [
        attack(apiHop(common, servers.api), apiChecks),
        attack(postgresHop(common, servers.postgres), postgresChecks),
        attack(redisHop(common, servers.redis), redisChecks),
        attack(agentMeshHop(common, servers.agentMesh), agentMeshChecks),
        attack(tracerHop(common, servers.tracer), tracerChecks),
    ];
}

/** Looks at every hop, all of them side by side. */
export async function lookAtAll(settings: InsideSettings, own: Own): Promise<Result[]> {
    return (await Promise.all(attacks(settings, own).map(({ run }) => run()))).flat();
}

/** A result for every check of every hop: nobody could look. */
export function blind(settings: InsideSettings, reason: string): Result[] {
    const nobody = { trustBundle: "", verifier: { certificate: "", privateKey: "" } };
    return attacks(settings, nobody).flatMap(({ couldNotLook: blinded }) => blinded(reason));
}
