import { log } from "@pulumi/pulumi";
import { PendingPlatform, Platform } from "./components";
import { publish } from "./stacks/contract";
import { pkiOutputs } from "./stacks/pkiOutputs";
import { pkiWarning } from "./stacks/pkiWarning";
import { platformArgs, readSettings } from "./stacks/settings";

/** One environment: config in, platform up, contract out. */
export = async () => {
    const settings = await readSettings();
    const warning = pkiWarning(settings.pki);
    if (warning !== undefined) await log.warn(warning);
    const args = platformArgs(settings);
    if (settings.pki.plans.workload.issuing === undefined)
        return pkiOutputs(new PendingPlatform("platform", args).authorities, settings);
    const platform = new Platform("platform", args);
    return { ...publish(platform, settings), ...pkiOutputs(platform.authorities, settings) };
};
