import { X509Certificate } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
    addDays,
    dropDays,
    dueDay,
    firstOf,
    formatDay,
    intermediatePeriodDays,
    parseDay,
    trustDay,
} from "../../components/pki/generations";
import { Environment } from "./harness/environment";
import { hopNames, openHops, serversOf, type OpenHops } from "./harness/hops/platformHops";
import { Load, report, tally } from "./harness/load";
import {
    connectPlatform,
    readCredentials,
    renew,
    servesWhatIsIssued,
    type Platform,
} from "./harness/platform";

/** All seven hops at once, of which two cores bear no more while an `up` runs beside them. */
const settings = { connections: 200, rate: 20, rampMs: 15_000 };

/** In which the kubelet brings a ConfigMap to every pod. Between two of the three steps of a root there are months. */
const bundleReadMs = 90_000;

/**
 * The second root is due yesterday: the real clock dates what is signed, so that the days on which it is used must be near. Only the
 * last step lies ahead, 91 days after the one before it.
 */
const today = parseDay(formatDay(new Date())) ?? new Date();
const firstOfNextRoot = firstOf(2);
const epoch = addDays(today, -1 - (firstOfNextRoot - 1) * intermediatePeriodDays);
const lastOfRoot = firstOfNextRoot - 1;

const environment = new Environment();

beforeAll(() =>
    environment.begin(formatDay(epoch), formatDay(addDays(dueDay(epoch, lastOfRoot), -1))),
);
afterAll(() => environment.end());

interface CertificateList {
    readonly items: readonly {
        readonly metadata: { readonly namespace: string; readonly name: string };
        readonly spec: { readonly secretName: string };
    }[];
}

/** Renews every leaf that cert-manager has issued, a few at a time, and waits until each hop serves its own. */
async function renewAll(platform: Platform, open: OpenHops) {
    const list = (await platform.custom.listClusterCustomObject({
        group: "cert-manager.io",
        version: "v1",
        plural: "certificates",
    })) as CertificateList;
    expect(list.items.length).toBeGreaterThanOrEqual(hopNames.length);
    for (const { metadata, spec } of list.items)
        await renew(platform, { namespace: metadata.namespace, secret: spec.secretName });
    const servers = serversOf(platform);
    await Promise.all(
        hopNames.map((name) => servesWhatIsIssued(platform, open.hops[name], servers[name])),
    );
    return list.items.length;
}

/** Seconds since now, as text. */
function stopwatch(): () => string {
    const from = performance.now();
    return () => ((performance.now() - from) / 1000).toFixed(1);
}

type Renewing = "every leaf is renewed" | "no leaf is renewed";

/** A step of the authorities under load: with what clients hold when it begins, no request fails. */
async function step(day: Date, renewing: Renewing) {
    const open = await openHops(await connectPlatform());
    await open.hops.postgres.prepare();
    const loads = hopNames.map((name) => new Load(open.hops[name], settings));
    const times: string[] = [];
    try {
        await sleep(settings.rampMs);
        times.push(await take(day, renewing, open));
    } finally {
        const reports = await Promise.all(loads.map((load) => load.stop()));
        report(reports, times);
        await open.hops.postgres.clear();
        await open.close();
        const failed = reports.map(({ hop, failures }) => [hop, tally(failures)]);
        expect(failed).toEqual(reports.map(({ hop }) => [hop, {}]));
        for (const { requests } of reports) expect(requests).toBeGreaterThan(settings.connections);
    }
    return connectPlatform();
}

/** The `up` and what follows it. @returns how long each took */
async function take(day: Date, renewing: Renewing, open: OpenHops): Promise<string> {
    const upTook = stopwatch();
    await environment.up(formatDay(day));
    const up = `up: ${upTook()} s`;
    if (renewing === "no leaf is renewed") {
        await sleep(bundleReadMs);
        return up;
    }
    const renewalTook = stopwatch();
    const count = await renewAll(await connectPlatform(), open);
    return `${up}; ${count} leaves renewed, and those of the hops served: ${renewalTook()} s`;
}

/** Names of what signs the api's leaf, and of the roots that are trusted. */
async function signers(platform: Platform) {
    const secret = String(platform.outputs.apiServerSecret);
    const { certificate } = await readCredentials(platform, platform.namespace, secret);
    const roots = platform.trust.match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g) ?? [];
    const commonName = (name: string) => /CN=(\S+)/.exec(name)?.[1];
    return {
        issuer: commonName(new X509Certificate(certificate).issuer),
        roots: roots.map((pem) => commonName(new X509Certificate(pem).subject)),
    };
}

interface Step {
    readonly what: string;
    readonly day: Date;
    readonly renewing: Renewing;
    /** The intermediate that issues afterwards, and the roots that are trusted. */
    readonly issuer: string;
    readonly roots: readonly string[];
}

const steps: readonly Step[] = [
    {
        what: "changes the intermediate",
        day: dueDay(epoch, lastOfRoot),
        renewing: "every leaf is renewed",
        issuer: "workload-ca-g12",
        roots: ["workload-root-g1"],
    },
    {
        what: "trusts the next root",
        day: trustDay(epoch, 2),
        renewing: "no leaf is renewed",
        issuer: "workload-ca-g12",
        roots: ["workload-root-g1", "workload-root-g2"],
    },
    {
        what: "issues from the next root",
        day: dueDay(epoch, firstOfNextRoot),
        renewing: "every leaf is renewed",
        issuer: "workload-ca-g13",
        roots: ["workload-root-g1", "workload-root-g2"],
    },
    {
        what: "trusts the old root no more",
        day: addDays(today, dropDays),
        renewing: "no leaf is renewed",
        issuer: "workload-ca-g13",
        roots: ["workload-root-g2"],
    },
];

it.each(steps)(
    "$what under load",
    async ({ day, renewing, issuer, roots }) => {
        expect(await signers(await step(day, renewing))).toEqual({ issuer, roots });
    },
    10 * 60_000,
);
