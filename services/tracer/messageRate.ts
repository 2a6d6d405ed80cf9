/**
 * How many frames one socket may send: a second's worth at once, then as many as the rate refills.
 *
 * Time is monotonic and a parameter, in milliseconds: a clock that is set back would stop the refill.
 */
export class MessageRate {
    #left: number;
    #at: number;

    constructor(
        private readonly perSecond: number,
        private readonly now: () => number,
    ) {
        this.#left = perSecond;
        this.#at = now();
    }

    /** Takes one; false where none is left. */
    public take(): boolean {
        const at = this.now();
        this.#left = Math.min(
            this.perSecond,
            this.#left + ((at - this.#at) / 1000) * this.perSecond,
        );
        this.#at = at;
        if (this.#left < 1) return false;
        this.#left -= 1;
        return true;
    }
}
