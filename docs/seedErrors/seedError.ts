/** An error of the seed, the configuration that the project began with, and what became of it. */
export interface SeedError {
    /** `E1` to `E34`. */
    readonly id: string;
    /** What is wrong there, in sentences that a reader without the seed understands. */
    readonly error: string;
    /** What is done here instead. Left out where nothing is yet. */
    readonly here?: string;
    /** The tests that fail when the error comes back. */
    readonly tests: readonly HoldingTests[];
    /** What is still missing, and what it comes with. Left out where nothing is. */
    readonly notBuiltYet?: string;
}

export interface HoldingTests {
    /** From the folder `test`. */
    readonly file: string;
    /** Titles, those of the suites around a test before its own, ` > ` between. A row of a table is named by its own title. */
    readonly titles: readonly string[];
}
