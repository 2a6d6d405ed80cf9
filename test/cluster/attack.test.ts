import { stackConfig } from "../target";
import { issueLeaf, platformSigner, strangerCa, type Credentials } from "./harness/credentials";
import type { Attempt, Hop, Outcome } from "./harness/hop";
import {
    hopNames,
    openHops,
    serversOf,
    type HopName,
    type OpenHops,
} from "./harness/hops/platformHops";
import type { RedisAttempt } from "./harness/hops/redis";
import { timesLogged } from "./harness/logs";
import { connectPlatform, eventually, type Platform } from "./harness/platform";
import { answered, refusals, type Attack } from "./refusals";

/**
 * What every hop refuses, each beside the same client with nothing wrong. `refusals.ts` says why it must be refused, and a test
 * fails when it is refused for another reason.
 */
const day = 86_400_000;

type Forgery = "stranger" | "expired" | "notYet" | "wrongName" | "bare" | "twin";

/** A client as the hop lets it in, with one thing wrong each. */
type Forged = Readonly<Record<Forgery, Credentials>>;

let platform: Platform;
let open: OpenHops;
let forged: Readonly<Record<"service" | "application", Forged>>;

beforeAll(async () => {
    platform = await connectPlatform();
    open = await openHops(platform);
    const { verifierIdentity, apiHost, postgresRole } = platform.outputs;
    forged = {
        service: await forge({ identity: String(verifierIdentity) }),
        application: await forge({
            identity: String(apiHost),
            commonName: String(postgresRole),
        }),
    };
});

afterAll(() => open.close());

async function forge(name: { identity: string; commonName?: string }): Promise<Forged> {
    const ours = await platformSigner(platform);
    const theirs = await strangerCa(ours.certificate.subject);
    const from = (ms: number): Date => new Date(Date.now() + ms);
    const past = { notBefore: from(-2 * day), notAfter: from(-day) };
    const future = { notBefore: from(day), notAfter: from(2 * day) };
    const intruder = { identity: "intruder.elsewhere.svc", commonName: "intruder" };
    return {
        twin: await issueLeaf(ours, name),
        stranger: await issueLeaf(theirs, name),
        expired: await issueLeaf(ours, { ...name, ...past }),
        notYet: await issueLeaf(ours, { ...name, ...future }),
        wrongName: await issueLeaf(ours, intruder),
        bare: await issueLeaf(ours, { ...name, withChain: false }),
    };
}

const isStore = (name: HopName): boolean => name === "postgres" || name === "redis";
const forgedFor = (name: HopName): Forged => forged[isStore(name) ? "application" : "service"];

/** PostgreSQL takes a single group. */
const otherGroup = (name: HopName): string => (name === "postgres" ? "P-256" : "P-384");

const attempts: Readonly<Record<Attack, (good: Credentials, forged: Forged) => Attempt>> = {
    plaintext: () => ({ plaintext: true }),
    "TLS 1.2": (credentials) => ({ credentials, maxVersion: "TLSv1.2" }),
    "a cipher suite outside the profile": (credentials) => ({
        credentials,
        cipherSuites: "TLS_AES_128_CCM_SHA256",
    }),
    "a group outside the profile": (credentials) => ({ credentials, groups: "P-521" }),
    "no certificate": () => ({}),
    "a certificate of another CA of the same name": (_, { stranger }) => ({
        credentials: stranger,
    }),
    "an expired certificate": (_, { expired }) => ({ credentials: expired }),
    "a certificate that is not valid yet": (_, { notYet }) => ({ credentials: notYet }),
    // Redis alone looks at it.
    "the right CA and a wrong name": (_, { wrongName }): RedisAttempt => ({
        credentials: wrongName,
        login: { password: "" },
    }),
    "a leaf without its intermediate": (_, { bare }) => ({ credentials: bare }),
    "an unknown host name": (credentials) => ({ credentials, host: "intruder.example" }),
};

const verifier = `verifier.${stackConfig().namespace}.svc`;

/** What each hop answers a client with nothing wrong. */
const welcome: Readonly<Record<HopName, Outcome>> = {
    gateway: answered(200, `"identity":"${verifier}"`),
    api: answered(200, `"identity":"${verifier}"`),
    postgres: answered(200, "app_user TLSv1.3"),
    redis: answered(200, "$-1"),
    agentMesh: answered(0, verifier),
    tracer: answered(101, '{"ack":1}'),
    gatewayTracer: answered(101, '{"ack":1}'),
};

describe.each(hopNames)("%s", (name) => {
    const hop = (): Hop => open.hops[name];

    it.each(Object.keys(attempts) as Attack[])("refuses %s", async (attack) => {
        const { seen, logged } = refusals[name][attack];
        const server = serversOf(platform)[name];
        const before = logged === undefined ? 0 : await timesLogged(platform, server, logged);
        const attempt = attempts[attack](hop().credentials, forgedFor(name));
        expect(await hop().attempt(attempt)).toEqual(seen);
        if (logged === undefined) return;
        await eventually(`${logged} in the log of ${name}`, 10_000, async () =>
            (await timesLogged(platform, server, logged)) > before ? true : undefined,
        );
    });

    it.each([
        ["its client", (): Attempt => ({ credentials: hop().credentials })],
        [
            "a certificate made as the forged ones, with nothing wrong",
            (): Attempt => ({ credentials: forgedFor(name).twin }),
        ],
        [
            "a suite and a group of the profile",
            (): Attempt => ({
                credentials: hop().credentials,
                cipherSuites: "TLS_AES_256_GCM_SHA384",
                groups: otherGroup(name),
            }),
        ],
    ])("lets in %s", async (_case, attempt) => {
        expect(await hop().attempt(attempt())).toEqual(welcome[name]);
    });
});
