import { stackConfig } from "../target";
import { issueLeaf, platformSigner, type Credentials } from "./harness/credentials";
import { processesOf, resume, suspend } from "./harness/faults";
import {
    metricsHop,
    openHops,
    serversOf,
    type HopName,
    type OpenHops,
} from "./harness/hops/platformHops";
import {
    connectPlatform,
    eventually,
    readCredentials,
    renew,
    servedWithinMs,
    servesWhatIsIssued,
    type Platform,
} from "./harness/platform";

/** A key that does not belong to its certificate, in the Secret of each server, while cert-manager stands still. */
let platform: Platform;
let open: OpenHops;
let prometheus: Credentials;

beforeAll(async () => {
    platform = await connectPlatform();
    open = await openHops(platform);
    await open.hops.postgres.prepare();
    const identity = stackConfig().monitoring.identity;
    prometheus = await issueLeaf(await platformSigner(platform), {
        identity,
        commonName: identity,
    });
});

afterAll(async () => {
    await open.hops.postgres.clear();
    await open.close();
});

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
        await servesWhatIsIssued(platform, hop, server);
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
