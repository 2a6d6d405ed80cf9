import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { follow, type FollowSettings } from "../../services/tls/follow";
import { until } from "./client";
import { Mount } from "./mount";

const never = 3_600_000;

let mount: Mount;
let looks: number;
let lost: string[];
let end: () => void;

beforeEach(() => {
    mount = new Mount({ text: "one" });
    looks = 0;
    lost = [];
});

afterEach(() => {
    end();
    mount.remove();
});

const start = (changes: Partial<FollowSettings> = {}) => {
    end = follow({
        files: [mount.path("text")],
        look: () => {
            looks += 1;
        },
        lost: (directory) => {
            lost.push(directory);
        },
        pollMs: never,
        ...changes,
    });
};

it("looks once after a swap, which is many events, and again after the next", async () => {
    start();
    mount.write({ text: "two" });
    await until(() => looks > 0, "a look");
    await sleep(200);
    expect(looks).toBe(1);
    mount.write({ text: "three" });
    await until(() => looks > 1, "another look");
    expect(lost).toEqual([]);
});

it("looks all the same where a directory gives no events, and says which", async () => {
    const missing = join(mount.directory, "missing");
    start({ files: [join(missing, "text"), mount.path("text")], pollMs: 20 });
    expect(lost).toEqual([missing]);
    await until(() => looks > 2, "polls");
});

it("looks no more once it has ended, not even at what happened before", async () => {
    start({ pollMs: 20 });
    await until(() => looks > 0, "a look");
    mount.write({ text: "two" });
    end();
    const seen = looks;
    await sleep(200);
    expect(looks).toBe(seen);
});
