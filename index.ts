import { Platform } from "./components";
import { publish } from "./stacks/contract";
import { platformArgs, readSettings } from "./stacks/settings";

/** One environment: config in, platform up, contract out. */
export = async () => {
    const settings = await readSettings();
    const platform = new Platform("platform", platformArgs(settings));
    return publish(platform, settings);
};
