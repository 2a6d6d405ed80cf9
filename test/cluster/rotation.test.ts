import { setTimeout as sleep } from "node:timers/promises";
import { issueLeaf, platformSigner, type Credentials } from "./harness/credentials";
import { processesOf, resume, suspend } from "./harness/faults";
import type { Hop } from "./harness/hop";
import {
    metricsHop,
    openHops,
    recordHop,
    serversOf,
    type HopName,
    type OpenHops,
} from "./harness/hops/platformHops";
import { Load, report, tally } from "./harness/load";
import {
    connectPlatform,
    eventually,
    issuedFingerprint,
    readCredentials,
    renew,
    type Platform,
} from "./harness/platform";

/** Five renewals of each leaf under load; the certificate served must be the Secret's within this time. */
const renewals = 5;
const servedWithinMs = 120_000;
const settings = { connections: 200, rate: 60, rampMs: 10_000 };

let platform: Platform;
let open: OpenHops;
let prometheus: Credentials;

beforeAll(async () => {
    platform = await connectPlatform();
    open = await openHops(platform);
    await open.hops.postgres.prepare();
    const identity = "prometheus.monitoring.svc";
    prometheus = await issueLeaf(await platformSigner(platform), {
        identity,
        commonName: identity,
    });
});

afterAll(async () => {
    await open.hops.postgres.clear();
    await open.close();
});

/** Renews a leaf as often as the issue asks, and each time waits until the hop serves the new one. Seconds it took, each. */
async function renewServer(name: HopName): Promise<string> {
    const hop = open.hops[name];
    const server = serversOf(platform)[name];
    const seconds: string[] = [];
    for (let count = 0; count < renewals; count += 1) {
        await renew(platform, server);
        const since = Date.now();
        await servesWhatIsIssued(name);
        seconds.push(((Date.now() - since) / 1000).toFixed(1));
    }
    return `${hop.name}: new leaf served after ${seconds.join(", ")} s`;
}

/** Compared with the Secret of the moment: cert-manager may issue twice where its controllers overtake one another. */
async function servesWhatIsIssued(name: HopName): Promise<void> {
    const hop = open.hops[name];
    const server = serversOf(platform)[name];
    await eventually(`${server.secret} served by ${hop.name}`, servedWithinMs, async () => {
        const served = await hop.servedFingerprint();
        return served === (await issuedFingerprint(platform, server)) || undefined;
    });
}

/** A client's leaf is served nowhere: it is renewed at the pace at which the kubelet brings it to the pod. */
async function renewClient(secret: string): Promise<string> {
    const { namespace } = platform;
    for (let count = 0; count < renewals; count += 1) {
        await renew(platform, { namespace, secret });
        await sleep(15_000);
    }
    return `${secret}: renewed ${renewals} times`;
}

interface Rotation {
    readonly what: string;
    readonly servers: readonly HopName[];
    readonly clients: readonly string[];
    /** Under load meanwhile. */
    readonly hops: () => Promise<readonly Hop[]> | readonly Hop[];
}

const rotations: readonly Rotation[] = [
    {
        what: "the gateway",
        servers: ["gateway"],
        clients: ["gateway-client"],
        hops: () => [open.hops.gateway, open.hops.gatewayTracer],
    },
    {
        what: "the services",
        servers: ["api", "agentMesh", "tracer"],
        clients: [],
        hops: () => [open.hops.api, open.hops.agentMesh, open.hops.tracer],
    },
    {
        what: "the stores",
        servers: ["postgres", "redis"],
        clients: ["api-client"],
        hops: async () => [
            open.hops.postgres,
            open.hops.redis,
            await recordHop(platform, open.hops.api),
        ],
    },
];

/** nginx ends idle connections of HTTP when it reloads, and clients open new ones; nothing else has a reason to. */
const mayReconnect = (hop: Hop): boolean => hop === open.hops.gateway;

it.each(rotations)(
    "renews every leaf of $what five times under load: no request fails, no connection ends",
    async ({ servers, clients, hops }) => {
        const loaded = await hops();
        const loads = loaded.map((hop) => new Load(hop, settings));
        await sleep(settings.rampMs);
        const renewed = await Promise.all([
            ...servers.map(renewServer),
            ...clients.map(renewClient),
        ]);
        const reports = await Promise.all(loads.map((load) => load.stop()));
        report(reports, renewed);

        reports.forEach(({ requests, seconds, failures, reconnects }, index) => {
            expect(tally(failures)).toEqual({});
            expect(requests / seconds).toBeGreaterThanOrEqual(50);
            const hop = loaded[index];
            if (hop !== undefined && !mayReconnect(hop)) expect(reconnects).toBe(0);
        });
    },
    15 * 60_000,
);

const served = ["gateway", "api", "postgres", "redis", "agentMesh", "tracer"] as const;

describe.each(served)("a pair that does not fit, mounted into %s", (name) => {
    const controller = processesOf("cert-manager-controller");

    // cert-manager would mend the Secret before the kubelet has brought it to the pod.
    beforeAll(() => {
        suspend(controller);
    });
    afterAll(() => resume(controller));

    it("is counted, and the old pair is served on", async () => {
        const hop = open.hops[name];
        const server = serversOf(platform)[name];
        const before = await hop.servedFingerprint();
        const failures = await reloadFailures(name);
        const original = await readCredentials(platform, server.namespace, server.secret);

        await writeKey(name, prometheus.privateKey);
        await eventually(`reload failure of ${name}`, servedWithinMs, async () =>
            (await reloadFailures(name)) > failures ? true : undefined,
        );
        expect(await hop.servedFingerprint()).toBe(before);
        const session = hop.open();
        await session.request();
        session.close();

        await writeKey(name, original.privateKey);
        await resume(controller);
        await renew(platform, server);
        await servesWhatIsIssued(name);
    }, 300_000);
});

async function writeKey(hop: HopName, privateKey: string): Promise<void> {
    const { core } = platform;
    const { namespace, secret: name } = serversOf(platform)[hop];
    const secret = await core.readNamespacedSecret({ namespace, name });
    secret.data = { ...secret.data, "tls.key": Buffer.from(privateKey).toString("base64") };
    await core.replaceNamespacedSecret({ namespace, name, body: secret });
}

/** Most failures to reload that a pod counts: each is asked often enough to be met. */
async function reloadFailures(name: HopName): Promise<number> {
    const hop = await metricsHop(platform, serversOf(platform)[name], prometheus);
    const answers = await Promise.all(
        Array.from({ length: 12 }, () => hop.attempt({ credentials: prometheus })),
    );
    const counts = answers.map((answer) => {
        if (answer.kind === "refused") throw new Error(`${hop.name}: ${answer.reason}`);
        const all = [...answer.body.matchAll(/^tls_reload_failures_total(?:\{[^}]*\})? (\d+)/gm)];
        if (all.length === 0) throw new Error(`${hop.name} has no tls_reload_failures_total`);
        return all.reduce((sum, [, count]) => sum + Number(count), 0);
    });
    return Math.max(...counts);
}
