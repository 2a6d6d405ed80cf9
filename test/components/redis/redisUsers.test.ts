import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { renderUsersConf, type RedisApplication } from "../../../components/redis/redisUsers";

const passwordOf = (user: string) => `${user.replace(/-/g, "")}${"0".repeat(40)}`;
const hash = (user: string) => createHash("sha256").update(passwordOf(user)).digest("hex");
const render = (...applications: RedisApplication[]) => renderUsersConf(applications, passwordOf);
const api = { name: "api", keyPrefix: "api:" };

const cache =
    "+del +exists +expire +get +incr +mget +pexpire +ping +pttl +set +ttl +unlink +client|setinfo +client|setname";

it("renders the whole file", () => {
    expect(render(api, { name: "tracer", keyPrefix: "tracer:spans:" })).toBe(
        [
            "user default reset off",
            `user api reset on #${hash("api")} ~api:* ${cache}`,
            `user tracer reset on #${hash("tracer")} ~tracer:spans:* ${cache}`,
            `user probe reset on #${hash("probe")} +ping`,
            `user reload reset on #${hash("reload")} +config|get +config|set +ping`,
            `user replica reset on #${hash("replica")} +ping +psync +replconf`,
            "masteruser replica",
            `masterauth ${passwordOf("replica")}`,
            "",
        ].join("\n"),
    );
});

const name = (text: string) =>
    `[applications.0.name] is ${text}; allowed a lower-case letter, then letters, digits and "-", at most 63`;
const keyPrefix = (text: string) =>
    `[applications.0.keyPrefix] is ${text}; allowed names of lower-case letters, digits, "_" and "-", each with ":" behind it, at most 64`;

it.each<[string, RedisApplication[], string]>([
    [
        "no application",
        [],
        "[applications] is empty; allowed one or more, since no one else gets in",
    ],
    ["no name", [{ ...api, name: "" }], name('""')],
    ["a right in a name", [{ ...api, name: "api +@all" }], name('"api +@all"')],
    ["a user in a name", [{ ...api, name: "api\nuser x" }], name('"api\\nuser x"')],
    [
        "the default user",
        [{ ...api, name: "default" }],
        "[applications.0.name] is default, a user of Redis itself; choose another name",
    ],
    [
        "a user of Redis itself",
        [{ ...api, name: "reload" }],
        "[applications.0.name] is reload, a user of Redis itself; choose another name",
    ],
    ["every key", [{ ...api, keyPrefix: "" }], keyPrefix('""')],
    ["a pattern of keys", [{ ...api, keyPrefix: "*:" }], keyPrefix('"*:"')],
    ["a prefix without an end", [{ ...api, keyPrefix: "api" }], keyPrefix('"api"')],
    ["a right in a prefix", [{ ...api, keyPrefix: "api: +@all" }], keyPrefix('"api: +@all"')],
    [
        "a name twice",
        [api, { name: "api", keyPrefix: "b:" }],
        "[applications] has api twice; allowed once each",
    ],
    [
        "keys of another",
        [api, { name: "b", keyPrefix: "api:b:" }],
        "[applications.1.keyPrefix] is api:b:, and api has api:; allowed prefixes of which none begins with another",
    ],
    [
        "keys of an earlier one",
        [{ name: "b", keyPrefix: "api:b:" }, api],
        "[applications.1.keyPrefix] is api:, and b has api:b:; allowed prefixes of which none begins with another",
    ],
])("refuses %s", (_case, applications, message) => {
    expect(() => render(...applications)).toThrow(new Error(message));
});

it.each(["", "short", `${"0".repeat(40)}\nuser x on nopass`, "0".repeat(129)])(
    "refuses a password such as %j and does not say it",
    (password) => {
        expect(() => renderUsersConf([api], () => password)).toThrow(
            new Error(
                `[passwordOf] gives api ${password.length} characters; allowed 32 to 128 letters and digits`,
            ),
        );
    },
);

describe("whatever an application says", () => {
    const odd = fc.string({
        unit: fc.constantFrom(
            "a",
            "9",
            ":",
            "-",
            "_",
            "*",
            "?",
            "[",
            "+",
            "@",
            " ",
            "\n",
            "\r",
            '"',
        ),
    });
    const anyName = fc.oneof(fc.string(), odd, fc.stringMatching(/^[a-z][a-z0-9]{0,20}$/));
    const anyPrefix = fc.oneof(fc.string(), odd, fc.stringMatching(/^(?:[a-z0-9]{1,9}:){1,3}$/));
    const anyApplication = fc.record({ name: anyName, keyPrefix: anyPrefix });

    /** Rules by user, as Redis reads them. */
    const usersOf = (text: string) =>
        text
            .split("\n")
            .map((line) => line.split(" "))
            .filter(([directive]) => directive === "user")
            .map(([, user, ...rules]) => ({ user, rules: rules.slice(3) }));

    it("it gets its own keys and a cache's commands, and no line or user more is there", () => {
        let written = 0;
        fc.assert(
            fc.property(
                fc.array(anyApplication, { minLength: 1, maxLength: 4 }),
                (applications) => {
                    let text: string;
                    try {
                        text = render(...applications);
                    } catch (error) {
                        expect(String(error)).toMatch(
                            /^Error: \[applications(?:\.\d\.\w+)?\] (?:is|has) /,
                        );
                        return;
                    }
                    written++;
                    expect(text.split("\n")).toHaveLength(applications.length + 7);
                    expect(usersOf(text).slice(1, -3)).toEqual(
                        applications.map(({ name: user, keyPrefix: prefix }) => ({
                            user,
                            rules: [`~${prefix}*`, ...cache.split(" ")],
                        })),
                    );
                    for (const { keyPrefix: prefix } of applications)
                        expect(prefix).not.toMatch(/[^a-z0-9:_-]/);
                },
            ),
            { numRuns: 500 },
        );
        expect(written).toBeGreaterThan(10);
    });

    it("no two of them share a key", () => {
        const prefixes = fc.array(fc.stringMatching(/^(?:[ab]{1,2}:){1,3}$/), {
            minLength: 2,
            maxLength: 3,
        });
        let written = 0;
        fc.assert(
            fc.property(prefixes, (texts) => {
                const applications = texts.map((text, index) => ({
                    name: `app${index}`,
                    keyPrefix: text,
                }));
                const shared = texts.some((one, index) =>
                    texts.some((other, place) => place !== index && other.startsWith(one)),
                );
                if (shared) expect(() => render(...applications)).toThrow("none begins with");
                else expect(render(...applications)).toContain(`~${texts[0] ?? "?"}*`);
                if (!shared) written++;
            }),
        );
        expect(written).toBeGreaterThan(10);
    });
});
