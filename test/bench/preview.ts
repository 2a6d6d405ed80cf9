import { execFileSync } from "node:child_process";
import { bootstrapRatio, type Round } from "./bootstrap";

/**
 * `npm run bench:preview`: what the policy pack adds to `pulumi preview` of the lab's stack, beside a pack of one trivial rule.
 * Needs the lab up and its environment (`eval "$(npx tsx lab/main.ts env)"`).
 */
const runs = 15;
const bound = 1.3;

function seconds(...flags: string[]): number {
    const from = performance.now();
    execFileSync("pulumi", ["preview", "--stack", "lab", "--non-interactive", ...flags], {
        stdio: ["ignore", "ignore", "inherit"],
        env: { ...process.env, PULUMI_NODEJS_TRANSPILE_ONLY: "true" },
    });
    return (performance.now() - from) / 1000;
}

const round = (): Round => ({
    without: seconds(),
    trivial: seconds("--policy-pack", "test/bench/trivial-pack"),
    ours: seconds("--policy-pack", "policies"),
});

round(); // the first one fills caches
const rounds = Array.from({ length: runs }, (_, index) => {
    const measured = round();
    const show = Object.entries(measured).map(
        ([name, value]) => `${name} ${(value as number).toFixed(2)} s`,
    );
    console.log(`${String(index + 1)}/${String(runs)}: ${show.join(", ")}`);
    return measured;
});
const { ratio, lower, upper } = bootstrapRatio(rounds, Math.random);
const figures = [ratio, lower, upper].map((value) => value.toFixed(3));
console.log(
    `added by ours / added by a trivial pack: ${figures[0] ?? ""} (95 % ${figures[1] ?? ""} to ${figures[2] ?? ""})`,
);
process.exitCode = upper <= bound ? 0 : 1;
