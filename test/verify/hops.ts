import { X509Certificate } from "node:crypto";
import { runCheck, type Check, type Result } from "../../verify/check";
import { issuedCertificate } from "../../verify/checks/certificate";
import type { Address, Credentials, Hop, InsideHop } from "../../verify/hop";
import type { Common, ServerSettings } from "../../verify/settings";
import type { TestPki } from "./pki";
import { modernGroups, modernSuites } from "./servers";

export const verifierIdentity = "verifier.llm-platform.svc";

/** What the hops of one made-up stack have in common. */
export async function commonOf(pki: TestPki): Promise<Common> {
    return {
        cipherSuites: modernSuites.split(":"),
        groups: modernGroups.split(":"),
        lifetimeHours: 2160,
        renewBeforeHours: 720,
        verifierIdentity,
        trustBundle: pki.root,
        verifier: await pki.issue({ names: [verifierIdentity], client: true }),
    };
}

/** What a stack says of a server. */
export const serverOf = (
    host: string,
    port: number,
    { certificate }: Credentials,
): ServerSettings => ({
    host,
    port,
    names: [host, `${host}.cluster.local`],
    issued: issuedCertificate(new X509Certificate(certificate)),
});

/** A hop whose server listens on loopback; it gives metrics to nobody where nothing else is said. */
export const at = <H extends InsideHop>(hop: H, address: Address, metricsPort = 1): H => ({
    ...hop,
    address,
    metricsPort,
});

/** The checks that do not ask how a test's own authority dates its leaves. */
export const undated = <H extends Hop>(checks: readonly Check<H>[]): Check<H>[] =>
    checks.filter(({ id }) => id !== "lifetime");

/** Runs one check of a list. */
export async function lookAt<H extends Hop>(
    checks: readonly Check<H>[],
    id: string,
    hop: H,
): Promise<Pick<Result, "outcome" | "seen">> {
    const check = checks.find((candidate) => candidate.id === id);
    if (!check) throw new Error(`no check ${id}`);
    const { outcome, seen } = await runCheck(hop, check);
    return { outcome, seen };
}
