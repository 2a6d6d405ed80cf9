import { randomBytes } from "node:crypto";
import { runCheck, runChecks, type Check, type Result } from "./check";
import type { Cluster, ClusterMaterial } from "./cluster";
import type { Hop } from "./hop";
import { settingsOf } from "./hops/api";
import { gatewayChecks, gatewayHop } from "./hops/gateway";
import { lookFromInside, type JobPlace } from "./job";
import type { PathOf } from "./path";
import { sslyzeModern } from "./scanners/sslyze";
import { testsslGrade } from "./scanners/testssl";
import type { StackOutputs } from "./stack";

const scanners: readonly Check[] = [sslyzeModern, testsslGrade];

export interface Settings {
    readonly outputs: StackOutputs;
    readonly material: ClusterMaterial;
    readonly cluster: Cluster;
    readonly pathOf: PathOf;
    readonly withScanners: boolean;
}

/** Looks at every hop of a stack. The results come in the order gateway, scanners, api. */
export async function verify(settings: Settings): Promise<Result[]> {
    const { outputs, material, cluster, pathOf, withScanners } = settings;
    const gateway = gatewayHop(outputs, material, pathOf);
    const api = settingsOf(outputs, material.apiIssued);
    const inside = lookFromInside(cluster, placeOf(outputs), api);
    // The scanners load the server: they begin when the checks, which have time limits, are through.
    const outside = await runChecks(gateway, gatewayChecks);
    const scanned = withScanners ? await scan(gateway) : [];
    return [...outside, ...scanned, ...(await inside)];
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
