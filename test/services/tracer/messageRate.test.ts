import { MessageRate } from "../../../services/tracer/messageRate";

let now: number;
let rate: MessageRate;

beforeEach(() => {
    now = 1_000;
    rate = new MessageRate(10, () => now);
});

/** How many of so many are taken. */
const taken = (wanted: number) => Array.from({ length: wanted }).filter(() => rate.take()).length;

it("gives a second's worth at once and no more", () => {
    expect(taken(20)).toBe(10);
});

it("refills by the rate", () => {
    taken(10);
    now += 99;
    expect(taken(5)).toBe(0);
    now += 1;
    expect(taken(5)).toBe(1);
    now += 500;
    expect(taken(20)).toBe(5);
});

it("never holds more than a second's worth", () => {
    taken(10);
    now += 3_600_000;
    expect(taken(50)).toBe(10);
});

it("lets a client go on that keeps to the rate", () => {
    for (let second = 0; second < 600; second++) {
        expect(taken(10)).toBe(10);
        now += 1_000;
    }
});
