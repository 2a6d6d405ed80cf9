import type { Check, Environment, Rule } from "../rule";

/** Environments that are not built again when a key is lost or known to somebody. */
const strict: readonly Environment[] = ["staging", "prod"];

/** What makes the certificate of an authority where the program runs, and whose key that takes. */
const makers: ReadonlyMap<string, string> = new Map([
    ["SelfSignedCert", "a root that is made here, so that its key lies in the state"],
    [
        "LocallySignedCert",
        "an authority that is signed here, so that its root's key lies in the state",
    ],
]);

const madeHere: Check = ({ group, kind, properties }, { environment }) => {
    const got = group === "tls" ? makers.get(kind) : undefined;
    if (got === undefined || !strict.includes(environment)) return [];
    const isAuthority = properties.isCaCertificate ?? false;
    if (isAuthority === false) return [];
    const wanted = `in ${environment} a root on a machine of its own, which signs requests`;
    return [{ at: "isCaCertificate", got, wanted }];
};

export const rootForbidManaged: Rule = {
    name: "root-forbid-managed",
    severity: "critical",
    why: "A root whose key lies in the state belongs to everybody who can decrypt it: whoever has it can be any service for ten years, and only a new root ends that.",
    fix: "Write `rootMode: offline` in `pki`, and make the root and sign by `npm run ceremony`: docs/runbooks/root-ceremony.md.",
    checks: [madeHere],
    noExemptionIn: strict,
};
