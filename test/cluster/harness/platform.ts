import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
    CoreV1Api,
    CustomObjectsApi,
    KubeConfig,
    PatchStrategy,
    setHeaderOptions,
} from "@kubernetes/client-node";
import { stack } from "../../target";
import type { Credentials } from "./credentials";
import type { Hop } from "./hop";

/** The running platform: what its stack says of it, and its cluster. */
export interface Platform {
    readonly outputs: Readonly<Record<string, string | number>>;
    readonly core: CoreV1Api;
    readonly custom: CustomObjectsApi;
    readonly namespace: string;
    readonly trust: string;
}

export async function connectPlatform(): Promise<Platform> {
    const json = execFileSync("pulumi", ["stack", "output", "--json", "--stack", stack], {
        encoding: "utf8",
    });
    const outputs = JSON.parse(json) as Record<string, string | number>;
    const config = new KubeConfig();
    config.loadFromDefault();
    const core = config.makeApiClient(CoreV1Api);
    const namespace = String(outputs.namespace);
    const bundle = await core.readNamespacedConfigMap({
        name: String(outputs.trustBundleName),
        namespace,
    });
    const trust = bundle.data?.[String(outputs.trustBundleKey)] ?? "";
    return { outputs, core, custom: config.makeApiClient(CustomObjectsApi), namespace, trust };
}

/** Certificate and key of a Secret of type kubernetes.io/tls. */
export async function readCredentials(
    platform: Platform,
    namespace: string,
    name: string,
): Promise<Credentials> {
    const [certificate, privateKey] = await Promise.all(
        ["tls.crt", "tls.key"].map((key) => readSecret(platform, namespace, name, key)),
    );
    return { certificate: String(certificate), privateKey: String(privateKey) };
}

/** @returns one value of a Secret; throws where there is none */
export async function readSecret(
    { core }: Platform,
    namespace: string,
    name: string,
    key: string,
): Promise<string> {
    const { data } = await core.readNamespacedSecret({ namespace, name });
    const value = data?.[key];
    if (value === undefined) throw new Error(`Secret ${namespace}/${name} has no ${key}`);
    return Buffer.from(value, "base64").toString("utf8");
}

const fingerprintOf = (certificatePem: string): string =>
    new X509Certificate(certificatePem).fingerprint256;

/** A certificate, and the Secret of the same name that holds it. */
interface Issued {
    readonly namespace: string;
    readonly secret: string;
}

/** Fingerprint of the leaf that a Secret holds now. */
export async function issuedFingerprint(
    platform: Platform,
    { namespace, secret }: Issued,
): Promise<string> {
    const { certificate } = await readCredentials(platform, namespace, secret);
    return fingerprintOf(certificate);
}

/** Asks cert-manager for a new certificate now, as `cmctl renew` does, and waits until its Secret holds one. */
export async function renew(platform: Platform, issued: Issued): Promise<void> {
    const { custom } = platform;
    const before = await issuedFingerprint(platform, issued);
    const certificate = {
        group: "cert-manager.io",
        version: "v1",
        plural: "certificates",
        namespace: issued.namespace,
        name: issued.secret,
    };
    const others = await eventually("end of the issuance before", 60_000, async () => {
        const { status } = (await custom.getNamespacedCustomObject(certificate)) as WithConditions;
        const conditions = status.conditions ?? [];
        const issuing = conditions.some((it) => it.type === "Issuing" && it.status === "True");
        return issuing ? undefined : conditions.filter(({ type }) => type !== "Issuing");
    });
    const issuing = {
        type: "Issuing",
        status: "True",
        reason: "ManuallyTriggered",
        message: "renewed by a test",
        lastTransitionTime: new Date().toISOString(),
    };
    await custom.patchNamespacedCustomObjectStatus(
        { ...certificate, body: { status: { conditions: [...others, issuing] } } },
        setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
    await eventually(`a new certificate in Secret ${issued.secret}`, 60_000, async () =>
        (await issuedFingerprint(platform, issued)) === before ? undefined : true,
    );
}

/** The certificate served must be the Secret's within this time. */
export const servedWithinMs = 120_000;

/** Compared with the Secret of the moment: cert-manager may issue twice where its controllers overtake one another. */
export async function servesWhatIsIssued(
    platform: Platform,
    hop: Hop,
    issued: Issued,
): Promise<void> {
    await eventually(`${issued.secret} served by ${hop.name}`, servedWithinMs, async () => {
        const served = await hop.servedFingerprint();
        return served === (await issuedFingerprint(platform, issued)) || undefined;
    });
}

interface WithConditions {
    readonly status: {
        readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    };
}

/** Asks again until there is an answer; fails with what was awaited. */
export async function eventually<T>(
    what: string,
    withinMs: number,
    ask: () => Promise<T | undefined>,
): Promise<T> {
    const deadline = Date.now() + withinMs;
    for (;;) {
        const answer = await ask();
        if (answer !== undefined) return answer;
        if (Date.now() > deadline)
            throw new Error(`no ${what} within ${String(withinMs / 1000)} s`);
        await sleep(500);
    }
}
