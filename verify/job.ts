import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import type { Result } from "./check";
import type { Cluster } from "./cluster";
import { messageOf } from "./errors";
import { blind } from "./insideHops";
import type { InsideSettings } from "./settings";

const LIMIT_SECONDS = 180;
const POLL_MS = 500;

export interface JobPlace {
    readonly namespace: string;
    /** Name of the Job, unique to this run. */
    readonly name: string;
    readonly image: string;
    /** Secret of the verifier's client certificate. */
    readonly verifierSecret: string;
    readonly trustBundleName: string;
    readonly trustBundleKey: string;
}

/** The manifest of the Job that looks from inside, under Pod Security `restricted` and with no account at the API server. */
export function renderJob(place: JobPlace, settings: InsideSettings) {
    const labels = { app: "verifier" };
    return {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name: place.name, namespace: place.namespace, labels },
        spec: {
            backoffLimit: 0,
            activeDeadlineSeconds: LIMIT_SECONDS,
            // Of a run that was killed before it could clean up, nothing stays either.
            ttlSecondsAfterFinished: 300,
            template: {
                metadata: { labels },
                spec: {
                    restartPolicy: "Never",
                    automountServiceAccountToken: false,
                    enableServiceLinks: false,
                    securityContext: {
                        runAsNonRoot: true,
                        runAsUser: 1000,
                        runAsGroup: 1000,
                        fsGroup: 1000,
                        seccompProfile: { type: "RuntimeDefault" },
                    },
                    containers: [container(place, settings)],
                    volumes: volumes(place),
                },
            },
        },
    };
}

/** A Job as it goes to the API server. */
export type JobManifest = ReturnType<typeof renderJob>;

function container({ image }: JobPlace, settings: InsideSettings) {
    return {
        name: "verify",
        image,
        command: ["node", "/app/inside.js"],
        env: [{ name: "VERIFY_SETTINGS", value: JSON.stringify(settings) }],
        securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
        },
        resources: {
            requests: { cpu: "50m", memory: "64Mi" },
            limits: { cpu: "1", memory: "256Mi" },
        },
        volumeMounts: [
            { name: "client-certs", mountPath: "/etc/client-certs", readOnly: true },
            { name: "trust", mountPath: "/etc/trust", readOnly: true },
        ],
    };
}

function volumes(place: JobPlace) {
    return [
        {
            name: "client-certs",
            // fsGroup makes it readable for the group, which is the verifier's own.
            secret: { secretName: place.verifierSecret, defaultMode: 0o440 },
        },
        {
            name: "trust",
            configMap: {
                name: place.trustBundleName,
                items: [{ key: place.trustBundleKey, path: "ca.crt" }],
            },
        },
    ];
}

const resultLine = z.array(
    z.object({
        id: z.string(),
        hop: z.string(),
        controls: z.array(z.string()),
        outcome: z.enum(["pass", "fail", "unknown"]),
        wanted: z.string(),
        seen: z.string(),
    }),
);

/** Runs the Job and gives its results. Never throws: where it cannot be run, every check of it is one that could not look. */
export async function lookFromInside(
    cluster: Cluster,
    place: JobPlace,
    settings: InsideSettings,
): Promise<Result[]> {
    try {
        return parseLog(settings, await runJob(cluster, place, settings));
    } catch (error) {
        return blind(settings, messageOf(error));
    }
}

/** The results in a Job's log: one for each check that was to be done, in that order. */
export function parseLog(settings: InsideSettings, log: string): Result[] {
    const line = log.split("\n").find((candidate) => candidate.startsWith("["));
    if (line === undefined) return blind(settings, `the Job said: ${messageOf(log.trim())}`);
    const results = resultLine.parse(JSON.parse(line));
    return blind(settings, "the Job did not look").map(
        (missing) =>
            results.find(({ hop, id }) => hop === missing.hop && id === missing.id) ?? missing,
    );
}

async function runJob(
    cluster: Cluster,
    place: JobPlace,
    settings: InsideSettings,
): Promise<string> {
    await cluster.createJob(renderJob(place, settings));
    try {
        await ended(cluster, place);
        return await cluster.readLog(place);
    } finally {
        await cluster.deleteJob(place);
    }
}

async function ended(cluster: Cluster, { namespace, name }: JobPlace): Promise<void> {
    const deadline = Date.now() + LIMIT_SECONDS * 1000;
    while (Date.now() < deadline) {
        if (await cluster.hasEnded({ namespace, name })) return;
        await setTimeout(POLL_MS);
    }
    throw new Error(`Job ${namespace}/${name} did not end within ${LIMIT_SECONDS} s`);
}
