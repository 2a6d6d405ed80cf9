import type { Platform } from "./platform";

/** How often a text stands in what a workload's pods have logged so far. */
export async function timesLogged(
    { core }: Platform,
    { namespace, workload }: { readonly namespace: string; readonly workload: string },
    text: string,
): Promise<number> {
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: `app=${workload}` });
    const logs = await Promise.all(
        items.flatMap(({ metadata, spec }) =>
            (spec?.containers ?? []).map(({ name }) =>
                core.readNamespacedPodLog({
                    namespace,
                    name: metadata?.name ?? "",
                    container: name,
                }),
            ),
        ),
    );
    return logs.join("\n").split(text).length - 1;
}
