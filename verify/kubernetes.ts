import { BatchV1Api, CoreV1Api, KubeConfig, V1Job } from "@kubernetes/client-node";
import type { Cluster } from "./cluster";
import { codeOf, messageOf } from "./errors";
import { CannotStart } from "./stack";

/**
 * The cluster of the current context: `KUBECONFIG`, else the file in the home folder.
 *
 * @throws CannotStart where there is no such context
 */
export function openCluster(): Cluster {
    const config = new KubeConfig();
    try {
        config.loadFromDefault();
        return clusterOf(config.makeApiClient(CoreV1Api), config.makeApiClient(BatchV1Api));
    } catch (error) {
        throw new CannotStart(`kubeconfig: ${messageOf(error)}`);
    }
}

function clusterOf(core: CoreV1Api, batch: BatchV1Api): Cluster {
    return {
        readSecret: async (object) => {
            const { data = {} } = await answer(core.readNamespacedSecret(object));
            const decode = (text: string): string => Buffer.from(text, "base64").toString();
            return Object.fromEntries(
                Object.entries(data).map(([key, text]) => [key, decode(text)]),
            );
        },
        readConfigMap: async (object) =>
            (await answer(core.readNamespacedConfigMap(object))).data ?? {},
        createJob: async (manifest) => {
            const { namespace } = manifest.metadata;
            const body = Object.assign(new V1Job(), manifest);
            await answer(batch.createNamespacedJob({ namespace, body }));
        },
        hasEnded: async (job) => {
            const { status } = await answer(batch.readNamespacedJobStatus(job));
            return (status?.succeeded ?? 0) + (status?.failed ?? 0) > 0;
        },
        readLog: async ({ namespace, name }) => {
            const labelSelector = `job-name=${name}`;
            const { items } = await answer(core.listNamespacedPod({ namespace, labelSelector }));
            const pod = items[0]?.metadata?.name;
            if (pod === undefined) throw new Error(`Job ${namespace}/${name} ended without a pod`);
            return answer(core.readNamespacedPodLog({ namespace, name: pod }));
        },
        deleteJob: async (job) => {
            await answer(batch.deleteNamespacedJob({ ...job, propagationPolicy: "Background" }));
        },
    };
}

/** Waits for the API server, and makes of its errors one line without the body, which may hold a Secret. */
function answer<T>(request: Promise<T>): Promise<T> {
    return request.catch((error: unknown) => Promise.reject(new Error(reasonOf(error))));
}

function reasonOf(error: unknown): string {
    const code = codeOf(error);
    if (code === "404") return "does not exist";
    return /^\d{3}$/.test(code)
        ? `the API server answered ${code}`
        : `the API server: ${messageOf(error)}`;
}
