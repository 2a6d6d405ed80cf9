import * as fc from "fast-check";
import { hours, parseGoDuration } from "../../policies/facts/goDuration";

const second = 1_000_000_000n;

it.each<[text: string, nanoseconds: bigint]>([
    ["2160h", hours(2160)],
    ["129600m", hours(2160)],
    ["2160h0m1s", hours(2160) + second],
    ["7776000s", hours(2160)],
    ["1h30m", hours(1) + 1800n * second],
    ["1.5h", hours(1) + 1800n * second],
    [".5h", 1800n * second],
    ["1.h", hours(1)],
    ["0", 0n],
    ["+5s", 5n * second],
    ["-5s", -5n * second],
    ["1ns2us3µs4μs5ms", 5_009_001n],
    ["0.3333333333333333333h", 1_200_000_000_000n - 1n],
    ["1m1h", hours(1) + 60n * second],
])("reads %s as Go does", (text, nanoseconds) => {
    expect(parseGoDuration(text)).toBe(nanoseconds);
});

it.each([
    "90d",
    "2160",
    "2160 h",
    " 2160h",
    "2160H",
    "h",
    "",
    "-",
    "+",
    ".h",
    "1h.",
    "1..5h",
    "1e3h",
    "--1h",
    "P90D",
    "1w",
    "0h90d",
    "0x10h",
    "9999999999h",
    "٩h",
    "1h\n",
    "1".repeat(100_000),
])("does not read %j, as Go does not", (text) => {
    expect(parseGoDuration(text)).toBeUndefined();
});

it("reads back what Go prints", () => {
    fc.assert(
        fc.property(
            fc.nat(2_000_000),
            fc.nat(59),
            fc.nat(59),
            fc.nat(999_999_999),
            (h, m, s, ns) => {
                const text = `${h}h${m}m${s}.${String(ns).padStart(9, "0")}s`;
                const wanted =
                    hours(h) + BigInt(m) * 60n * second + BigInt(s) * second + BigInt(ns);
                expect(parseGoDuration(text)).toBe(wanted);
            },
        ),
    );
});
