/** Seconds of one round, in which each variant ran once, one after the other. */
export interface Round {
    readonly without: number;
    readonly trivial: number;
    readonly ours: number;
}

export interface Ratio {
    readonly ratio: number;
    readonly lower: number;
    readonly upper: number;
}

const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;

/** How many times what a trivial pack adds to a preview our pack adds. */
export function addedRatio(rounds: readonly Round[]): number {
    const without = mean(rounds.map((round) => round.without));
    const trivial = mean(rounds.map((round) => round.trivial));
    const ours = mean(rounds.map((round) => round.ours));
    return (ours - without) / (trivial - without);
}

/**
 * The ratio with its 95 % percentile bootstrap interval over rounds, which keeps runs that shared the machine's mood together.
 *
 * @param random uniform in [0, 1)
 */
export function bootstrapRatio(rounds: readonly Round[], random: () => number): Ratio {
    const resamples = Array.from({ length: 10_000 }, () => {
        const pick = (): Round | undefined => rounds[Math.floor(random() * rounds.length)];
        return addedRatio(rounds.map(() => pick()).filter((round) => round !== undefined));
    }).sort((a, b) => a - b);
    const at = (q: number): number => resamples[Math.floor(q * (resamples.length - 1))] ?? NaN;
    return { ratio: addedRatio(rounds), lower: at(0.025), upper: at(0.975) };
}
