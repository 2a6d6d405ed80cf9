import { randomBytes } from "node:crypto";
import { runCheck, runChecks, type Check, type Result } from "./check";
import type { Cluster } from "./cluster";
import type { Hop } from "./hop";
import {
    gatewayChecks,
    gatewayHop,
    gatewayTracerChecks,
    gatewayTracerHop,
    type Outside,
} from "./hops/gateway";
import { lookFromInside, type JobPlace } from "./job";
import { sslyzeModern } from "./scanners/sslyze";
import { testsslGrade } from "./scanners/testssl";
import { settingsOf } from "./settings";
import type { StackOutputs } from "./stack";

const scanners: readonly Check[] = [sslyzeModern, testsslGrade];

export interface Settings extends Outside {
    readonly cluster: Cluster;
    readonly withScanners: boolean;
}

/**
 * Looks at every hop of a stack: from outside, by scanners, and from inside, all at once, since the scanners take longest by far. The
 * results come in the order gateway, scanners, the tracer behind the gateway, inside.
 */
export async function verify(settings: Settings): Promise<Result[]> {
    const { outputs, material, cluster, withScanners } = settings;
    const gateway = gatewayHop(settings);
    const results = await Promise.all([
        runChecks(gateway, gatewayChecks),
        withScanners ? scan(gateway) : [],
        runChecks(gatewayTracerHop(settings), gatewayTracerChecks),
        lookFromInside(cluster, placeOf(outputs), settingsOf(outputs, material)),
    ]);
    return results.flat();
}

async function scan(hop: Hop): Promise<Result[]> {
    return Promise.all(scanners.map((scanner) => runCheck(hop, scanner)));
}

function placeOf(outputs: StackOutputs): JobPlace {
    return {
        namespace: outputs.namespace,
        name: `verify-${randomBytes(4).toString("hex")}`,
        image: outputs.verifierImage,
        verifierSecret: outputs.verifierSecret,
        trustBundleName: outputs.trustBundleName,
        trustBundleKey: outputs.trustBundleKey,
    };
}
