import { Purpose, RootMode } from "../../../components/pki/hierarchy";
import { Ceremonies } from "./ceremonies";
import { Environment } from "./environment";
import { signLeaf, type Leaf } from "./leaf";
import { noonOf } from "./movedClock";
import { published, type Published } from "./published";
import { readState, type KeptState } from "./state";

const epoch = "2026-11-01";
const steps = 132;

/** The first day of a month, counted from the epoch, `YYYY-MM-DD`. */
const monthDay = (month: number): string =>
    new Date(Date.UTC(2026, 10 + month, 1)).toISOString().slice(0, 10);

/** How the environment is on a day, after an `up` or a preview that found nothing to do. */
export interface Moment {
    readonly day: string;
    readonly isUp: boolean;
    /** Undefined until the first ceremony: nothing issues. */
    readonly published: Readonly<Record<Purpose, Published>> | undefined;
    /** Those that were signed so far and are valid. */
    readonly leaves: Readonly<Partial<Record<Purpose, readonly Leaf[]>>>;
    readonly state: KeptState;
}

/** One month: what was said before anything was done. */
export interface Month {
    readonly day: string;
    /** Whether the outputs of the last `up` named a day that has come. */
    readonly isDue: boolean;
    /** Whether a preview found something to do. */
    readonly isChange: boolean;
}

export interface Played {
    readonly moments: readonly Moment[];
    readonly months: readonly Month[];
    readonly ceremonies: readonly string[];
    readonly seconds: number;
}

/** More `up`s on one day than ever are due: the first ones of an offline environment. */
const upsOfADay = 3;

/** Years 0 to 11 of one environment, a step a month. */
export class Play {
    private readonly moments: Moment[] = [];
    private readonly months: Month[] = [];
    private readonly ceremonies = new Ceremonies();
    private leaves: Partial<Record<Purpose, readonly Leaf[]>> = {};
    private state: KeptState | undefined;

    constructor(
        private readonly environment: Environment,
        private readonly rootMode: RootMode,
    ) {}

    public async run(): Promise<Played> {
        const from = performance.now();
        for (let month = 0; month <= steps; month++) await this.month(monthDay(month));
        this.ceremonies.remove();
        return {
            moments: this.moments,
            months: this.months,
            ceremonies: this.ceremonies.log,
            seconds: (performance.now() - from) / 1000,
        };
    }

    private async month(day: string): Promise<void> {
        await this.ceremony(day);
        const isDue = this.isDue(day);
        const isChange = await this.isChange(day);
        this.months.push({ day, isDue, isChange });
        if (!isChange) await this.see(day, false);
        // What comes back from a ceremony goes into the state at once, whenever it is due.
        for (let ups = 0, isNew = false; this.isDue(day) || isNew; ups++) {
            if (ups === upsOfADay) throw new Error(`${day}: a step stays due after ${ups} ups`);
            await this.up(day);
            isNew = await this.ceremony(day);
        }
    }

    private isDue(day: string): boolean {
        return this.state === undefined || this.state.outputs.pkiNextDue <= day;
    }

    /** Whether anything came back. */
    private async ceremony(day: string): Promise<boolean> {
        const before = this.ceremonies.log.length;
        if (this.rootMode === RootMode.Offline && this.state)
            await this.ceremonies.hold(this.state.outputs, day);
        const files = this.rootMode === RootMode.Offline ? this.ceremonies.files : {};
        const pki = { rootMode: this.rootMode, epoch, asOf: day, ...files };
        this.environment.configure({ pki });
        this.environment.more = () => noonOf(day);
        return this.ceremonies.log.length > before;
    }

    private async isChange(day: string): Promise<boolean> {
        const { status, text } = await this.environment.run("preview", "--expect-no-changes");
        if (status === 0) return false;
        if (/no changes were expected .*but changes were proposed/.test(text)) return true;
        throw new Error(`${day}: the preview failed:\n${text}`);
    }

    private async up(day: string): Promise<void> {
        const { status, text } = await this.environment.up();
        if (status !== 0) throw new Error(`${day}: the up failed:\n${text}`);
        this.state = readState(await this.environment.state());
        await this.see(day, true);
    }

    /** Keeps what is there, and a new leaf of everything that issues. */
    private async see(day: string, isUp: boolean): Promise<void> {
        if (this.state === undefined) throw new Error("nothing was seen before the first up");
        const now = published(await this.environment.objects());
        for (const purpose of Object.values(Purpose)) {
            if (now === undefined) continue;
            const issuer = now[purpose];
            const noon = new Date(`${day}T12:30:00Z`);
            const valid = this.leaves[purpose]?.filter(({ notAfter }) => notAfter > noon) ?? [];
            const leaf = await signLeaf(issuer, noon);
            this.leaves = { ...this.leaves, [purpose]: [...valid, leaf] };
        }
        const { leaves, state } = this;
        this.moments.push({ day, isUp, published: now, leaves, state });
    }
}
