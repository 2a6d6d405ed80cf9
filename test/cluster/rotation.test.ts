import { issueLeaf, signerFromPem, type Credentials } from "./harness/credentials";
import { processesOf, resume, suspend } from "./harness/faults";
import { apiHop, gatewayHop, metricsHop, withdrawAll } from "./harness/hops";
import type { HttpsHop } from "./harness/httpsHop";
import { Load, type LoadReport } from "./harness/load";
import {
    connectPlatform,
    eventually,
    readCredentials,
    renew,
    type Platform,
} from "./harness/platform";

/** Five renewals of each leaf under load; the certificate served must be the Secret's within this time. */
const renewals = 5;
const servedWithinMs = 120_000;

let platform: Platform;
let client: Credentials;
let prometheus: Credentials;

beforeAll(async () => {
    platform = await connectPlatform();
    client = await readCredentials(
        platform,
        platform.namespace,
        String(platform.outputs.verifierSecret),
    );
    const ca = await readCredentials(platform, "cert-manager", "ca-key-pair");
    const identity = "prometheus.monitoring.svc";
    prometheus = await issueLeaf(await signerFromPem(ca.certificate, ca.privateKey), {
        identity,
        commonName: identity,
    });
});

afterAll(async () => {
    await withdrawAll(platform);
});

/** Renews a leaf as often as the issue asks, and each time waits until `hop` serves the new one. Seconds it took, each. */
async function renewServer(secret: string, hop: HttpsHop): Promise<number[]> {
    const seconds: number[] = [];
    for (let count = 0; count < renewals; count += 1) {
        const issued = await renew(platform, secret);
        const since = Date.now();
        await eventually(`${secret} served by ${hop.name}`, servedWithinMs, async () =>
            (await hop.servedFingerprint(client)) === issued ? true : undefined,
        );
        seconds.push((Date.now() - since) / 1000);
    }
    return seconds;
}

/** A client's leaf is served nowhere: it is renewed at the pace at which the kubelet brings it to the pod. */
async function renewClient(secret: string): Promise<void> {
    for (let count = 0; count < renewals; count += 1) {
        await renew(platform, secret);
        await new Promise((resolve) => setTimeout(resolve, 15_000));
    }
}

it(
    "renews every leaf five times under load without a failed request",
    async () => {
        const gateway = gatewayHop(platform);
        const api = await apiHop(platform);
        const settings = { connections: 200, rate: 100 };
        const loads = [gateway, api].map((hop) => new Load(hop, client, settings));
        const seconds = await Promise.all([
            renewServer(String(platform.outputs.gatewayServerSecret), gateway),
            renewServer(String(platform.outputs.apiServerSecret), api),
            renewClient("gateway-client"),
        ]);
        const reports = await Promise.all(loads.map((load) => load.stop()));
        report(reports, { gateway: seconds[0], api: seconds[1] });

        for (const { requests, seconds: lasted, failures } of reports) {
            expect(tally(failures)).toEqual({});
            expect(requests / lasted).toBeGreaterThanOrEqual(50);
        }
    },
    15 * 60_000,
);

/** Failures by their text, so that a thousand of one kind are one line. */
function tally(failures: readonly string[]): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const failure of failures) counts[failure] = (counts[failure] ?? 0) + 1;
    return counts;
}

function report(reports: LoadReport[], served: Record<string, number[]>): void {
    const loads = reports.map(
        ({ hop, requests, seconds, failures, reconnects, p50Ms, p99Ms }) =>
            `${hop}: ${String(requests)} requests in ${seconds.toFixed(0)} s, ${String(failures.length)} failed, ` +
            `${String(reconnects)} reconnects, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`,
    );
    const times = Object.entries(served).map(
        ([hop, values]) =>
            `${hop}: new leaf served after ${values.map((s) => s.toFixed(1)).join(", ")} s`,
    );
    process.stdout.write(`${[...loads, ...times].join("\n")}\n`);
}

describe.each(["gateway", "api"])("a pair that does not fit, mounted into %s", (workload) => {
    const controller = processesOf("cert-manager-controller");
    const secret = `${workload}-server`;

    // cert-manager would mend the Secret before the kubelet has brought it to the pod.
    beforeAll(() => {
        suspend(controller);
    });
    afterAll(() => resume(controller));

    it("is counted, and the old pair is served on", async () => {
        const hop = workload === "gateway" ? gatewayHop(platform) : await apiHop(platform);
        const before = await hop.servedFingerprint(client);
        const failures = await reloadFailures(workload);
        const original = await readCredentials(platform, platform.namespace, secret);

        await writeKey(secret, client.privateKey);
        await eventually(`reload failure of ${workload}`, servedWithinMs, async () =>
            (await reloadFailures(workload)) > failures ? true : undefined,
        );
        expect(await hop.servedFingerprint(client)).toBe(before);
        expect(await hop.attempt({ credentials: client })).toMatchObject({ status: 200 });

        await writeKey(secret, original.privateKey);
        await resume(controller);
        const issued = await renew(platform, secret);
        await eventually(`a good pair served by ${workload}`, servedWithinMs, async () =>
            (await hop.servedFingerprint(client)) === issued ? true : undefined,
        );
    }, 300_000);
});

async function writeKey(name: string, privateKey: string): Promise<void> {
    const { core, namespace } = platform;
    const secret = await core.readNamespacedSecret({ namespace, name });
    secret.data = { ...secret.data, "tls.key": Buffer.from(privateKey).toString("base64") };
    await core.replaceNamespacedSecret({ namespace, name, body: secret });
}

/** Failures to reload, summed over the pods that answer: each is asked often enough to be met. */
async function reloadFailures(workload: string): Promise<number> {
    const hop = await metricsHop(platform, workload);
    const answers = await Promise.all(
        Array.from({ length: 12 }, () => hop.attempt({ credentials: prometheus })),
    );
    const counts = answers.map((answer) => {
        if (answer.kind === "refused") throw new Error(`${hop.name}: ${answer.reason}`);
        const match = /^tls_reload_failures_total(?:\{[^}]*\})? (\d+)/m.exec(answer.body);
        if (match === null) throw new Error(`${hop.name} has no tls_reload_failures_total`);
        return Number(match[1]);
    });
    return Math.max(...counts);
}
