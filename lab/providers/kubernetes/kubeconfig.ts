import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import type { Settings } from "./config";

/**
 * Loads the kubeconfig that the settings name: a path, its text (YAML or JSON), or KUBECONFIG (several files are merged, as
 * kubectl does), or ~/.kube/config. Throws where there is none, or where the context or cluster asked for is not in it.
 */
export function loadKubeConfig(
    { kubeconfig, context, cluster }: Pick<Settings, "kubeconfig" | "context" | "cluster">,
    env: NodeJS.ProcessEnv = process.env,
): KubeConfig {
    const config = load(kubeconfig, env);
    if (context !== undefined) select(config, context);
    if (cluster !== undefined) useCluster(config, cluster);
    if (!config.getCurrentCluster()) {
        throw new Error(
            `[context] ${config.getCurrentContext() || "(none)"} of the kubeconfig has no cluster; known contexts are ${names(config.contexts)}`,
        );
    }
    return config;
}

function load(kubeconfig: string | undefined, env: NodeJS.ProcessEnv): KubeConfig {
    const config = new KubeConfig();
    if (kubeconfig === undefined) {
        loadFiles(config, filesOf(env));
    } else if (isText(kubeconfig)) {
        config.loadFromString(kubeconfig);
    } else {
        const files = kubeconfig.split(delimiter).map((file) => resolve(expand(file)));
        loadFiles(config, files);
    }
    return config;
}

/** A path has no line break and no colon followed by a space, and a kubeconfig is nothing without. */
const isText = (kubeconfig: string): boolean => /\n|:\s|^\s*\{/.test(kubeconfig);

const expand = (path: string): string =>
    path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;

function filesOf({ KUBECONFIG }: NodeJS.ProcessEnv): string[] {
    const named = (KUBECONFIG ?? "").split(delimiter).filter((file) => file !== "");
    return named.length > 0 ? named : [join(homedir(), ".kube", "config")];
}

function loadFiles(config: KubeConfig, files: readonly string[]): void {
    const [first, ...others] = files.filter((file) => existsSync(file));
    if (first === undefined) {
        throw new Error(
            `[kubeconfig] ${files.join(delimiter)} does not exist; set KUBECONFIG, or the provider's kubeconfig to a path or to the text of one`,
        );
    }
    config.loadFromFile(first);
    for (const file of others) {
        const other = new KubeConfig();
        other.loadFromFile(file);
        // The first file that names a context decides, as in kubectl.
        config.mergeConfig(other, true);
    }
}

function select(config: KubeConfig, context: string): void {
    if (!config.getContextObject(context)) {
        throw new Error(
            `[context] ${context} is not in the kubeconfig; known are ${names(config.contexts)}`,
        );
    }
    config.setCurrentContext(context);
}

function useCluster(config: KubeConfig, cluster: string): void {
    if (!config.getCluster(cluster)) {
        throw new Error(
            `[cluster] ${cluster} is not in the kubeconfig; known are ${names(config.clusters)}`,
        );
    }
    const current = config.getContextObject(config.getCurrentContext());
    if (!current) throw new Error("[cluster] needs a context in the kubeconfig, for its user");
    config.contexts = config.contexts.map((context) =>
        context.name === current.name ? { ...context, cluster } : context,
    );
}

const names = (entries: readonly { name: string }[]): string =>
    entries.map(({ name }) => name).join(", ") || "none";

/** The namespace of the current context. */
export function namespaceOf(config: KubeConfig): string {
    return config.getContextObject(config.getCurrentContext())?.namespace ?? "default";
}
