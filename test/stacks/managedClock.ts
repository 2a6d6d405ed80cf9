import { RootMode } from "../../components/pki/hierarchy";
import type { PkiClock } from "../../stacks/pkiClock";

/** The clock of an environment with managed roots that was never built. */
export const managedClock = (now: Date): PkiClock => ({
    rootMode: RootMode.Managed,
    epoch: "2026-11-01",
    asOf: undefined,
    roots: {},
    certificates: {},
    now,
    leafLifetimeHours: 2160,
    last: undefined,
});
