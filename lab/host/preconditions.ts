import { existsSync } from "node:fs";
import { missingControllers } from "../cluster/cgroups";
import { run } from "./run";

/** What to do on a machine that cannot carry the lab. */
const INSTEAD = "use a cluster that you have: KUBECONFIG=... make up STACK=dev";

/** What the lab asks of the machine, as far as it can differ. */
export interface Machine {
    readonly uid: number;
    readonly hasDebianPackages: boolean;
    readonly missingControllers: readonly string[];
    readonly canMakeNamespaces: boolean;
    readonly hasGo: boolean;
    readonly hasPython: boolean;
}

/** The first thing that is missing, in one line with what to do; undefined if the lab can run here. */
export function whatIsMissing(machine: Machine): string | undefined {
    if (machine.uid !== 0)
        return `the lab needs root, this is uid ${machine.uid}; run it as root, or ${INSTEAD}`;
    if (!machine.hasDebianPackages) return `the lab needs a Debian machine (apt-get); ${INSTEAD}`;
    if (machine.missingControllers.length > 0) {
        return `the lab needs the cgroup controllers ${machine.missingControllers.join(", ")}, which are not there; ${INSTEAD}`;
    }
    if (!machine.canMakeNamespaces)
        return `the lab needs mount, network and PID namespaces, which are refused here; ${INSTEAD}`;
    if (!machine.hasGo)
        return `the lab needs Go and there is no "go" on PATH; install it, or ${INSTEAD}`;
    if (!machine.hasPython)
        return `the lab needs Python with venv for sslyze; install python3-venv, or ${INSTEAD}`;
    return undefined;
}

export async function inspectMachine(): Promise<Machine> {
    const works = async (command: string, ...args: string[]): Promise<boolean> => {
        try {
            await run(command, args);
            return true;
        } catch {
            return false;
        }
    };
    return {
        uid: process.getuid?.() ?? -1,
        hasDebianPackages: (await works("apt-get", "--version")) && existsSync("/etc/os-release"),
        missingControllers: missingControllers(),
        canMakeNamespaces: await works("unshare", "-m", "-n", "-p", "-f", "true"),
        hasGo: await works("go", "version"),
        hasPython: await works("python3", "-c", "import venv, ensurepip"),
    };
}
