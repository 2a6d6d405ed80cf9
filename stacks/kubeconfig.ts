import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { wrong } from "./shown";

/** What the engine would talk to. */
export interface CurrentCluster {
    readonly cluster: string;
    readonly context: string;
}

const kubeconfig = z.object({
    "current-context": z.string().optional(),
    contexts: z
        .array(z.object({ name: z.string(), context: z.object({ cluster: z.string() }) }))
        .nullish(),
});

type Kubeconfig = z.output<typeof kubeconfig>;

/** Why there is no current cluster, in words that can follow "but". */
type Missing = string;

/**
 * Cluster of the current context, of KUBECONFIG's files or else of ~/.kube/config. Where several files are named, the first that
 * says something wins, as with kubectl.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 */
export function currentCluster(env: NodeJS.ProcessEnv): CurrentCluster | Missing {
    const home = env.HOME ?? "";
    const paths = (env.KUBECONFIG ?? "").split(delimiter).filter((path) => path !== "");
    const files = paths.length > 0 ? paths : [join(home, ".kube", "config")];
    const read = files.map(readKubeconfig);
    const configs = read.filter((found) => typeof found !== "string");
    if (configs.length === 0) return read.filter((found) => typeof found === "string").join(", ");
    const context = configs.map((config) => config["current-context"]).find(isSaid);
    if (context === undefined) return `${files.join(delimiter)} has no current context`;
    const cluster = configs
        .flatMap(({ contexts }) => contexts ?? [])
        .find(({ name }) => name === context)?.context.cluster;
    return cluster === undefined
        ? `${files.join(delimiter)} has no context ${JSON.stringify(context)}`
        : { cluster, context };
}

const isSaid = (text: string | undefined): text is string => text !== undefined && text !== "";

function readKubeconfig(path: string): Kubeconfig | Missing {
    let text: string;
    try {
        text = readFileSync(path, "utf8");
    } catch {
        return `${path} cannot be read`;
    }
    try {
        return kubeconfig.parse(parse(text));
    } catch {
        // Not the parser's own words: they repeat lines, and lines hold keys.
        return `${path} is not a kubeconfig`;
    }
}

/**
 * Refuses to build one environment in the cluster of another: config names the cluster, KUBECONFIG decides which one it is.
 *
 * @returns one line, or none
 */
export function clusterErrors(wanted: string, current: CurrentCluster | Missing): string[] {
    if (typeof current === "string")
        return [
            wrong(
                "cluster",
                JSON.stringify(wanted),
                `the cluster of KUBECONFIG's current context, but ${current}`,
                "set KUBECONFIG to the file of that cluster",
            ),
        ];
    if (current.cluster === wanted) return [];
    return [
        wrong(
            "cluster",
            JSON.stringify(wanted),
            `${JSON.stringify(current.cluster)}, the cluster of KUBECONFIG's current context ${JSON.stringify(current.context)}`,
            "set KUBECONFIG or its context to the cluster that is meant, or correct the stack's config",
        ),
    ];
}

/** Settings of the provider that would lead it past the checked context. */
const bypasses = ["kubernetes:kubeconfig", "kubernetes:context", "kubernetes:cluster"];

/** Refuses provider settings that would choose another cluster than the one that was compared. */
export const bypassErrors = (values: Readonly<Record<string, string>>): string[] =>
    bypasses
        .filter((key) => key in values)
        .map((key) =>
            wrong(
                key,
                "set",
                "not set: the cluster of KUBECONFIG's current context is compared with config",
                `remove it and choose the cluster by KUBECONFIG`,
            ),
        );
