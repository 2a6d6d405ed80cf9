import * as fc from "fast-check";
import { checkApplications, type RedisApplication } from "../../../components/redis/redisUsers";
import { TlsProfileName } from "../../../components/tls/profile";
import { RedisStand } from "./redisStand";

jest.setTimeout(60_000);

const application = fc.record({
    name: fc.stringMatching(/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/),
    keyPrefix: fc.stringMatching(/^(?:[a-z0-9][a-z0-9_-]{0,9}:){1,3}$/),
});

/** As many of those generated as may be there together, the longest and the shortest that are allowed among them. */
const generated = (): RedisApplication[] =>
    [
        { name: `z${"-".repeat(61)}9`, keyPrefix: `${"z".repeat(63)}:` },
        { name: "a", keyPrefix: "0:" },
        ...fc.sample(application, 200),
    ].reduce<RedisApplication[]>((kept, next) => {
        try {
            checkApplications([...kept, next]);
            return [...kept, next];
        } catch {
            return kept;
        }
    }, []);

it.each(Object.values(TlsProfileName))(
    "the real Redis in profile %s reads every name as it is meant",
    async (profile) => {
        const applications = generated();
        expect(applications.length).toBeGreaterThan(50);
        const stand = await RedisStand.start(profile, applications);
        try {
            for (const [index, { name, keyPrefix }] of applications.entries()) {
                const other = applications[(index + 1) % applications.length];
                const commands = [keyPrefix, other?.keyPrefix ?? ""].map((key) => `SET ${key}k 1`);
                expect([name, ...(await stand.as(name, ...commands))]).toEqual([
                    name,
                    "+OK",
                    "-NOPERM No permissions to access a key",
                ]);
            }
        } finally {
            await stand.stop();
        }
    },
);
