import { setTimeout as sleep } from "node:timers/promises";

/** How long a failing request is tried again, and when. */
export interface Patience {
    /** Whole time; 0 means once. */
    readonly milliseconds: number;
    readonly signal: AbortSignal;
    /** Told before each new try. */
    readonly onRetry?: (error: unknown) => void;
}

const shortest = 250;
const longest = 2_000;

/** Does it again, ever more slowly, while the error passes `again` and time is left; then throws the last error. */
export async function patiently<T>(
    { milliseconds, signal, onRetry }: Patience,
    again: (error: unknown) => boolean,
    work: () => Promise<T>,
): Promise<T> {
    const deadline = Date.now() + milliseconds;
    for (let pause = shortest; ; pause = Math.min(pause * 2, longest)) {
        try {
            return await work();
        } catch (error) {
            if (signal.aborted || !again(error) || Date.now() + pause > deadline) throw error;
            onRetry?.(error);
        }
        await sleep(pause, undefined, { signal });
    }
}
