import { intermediateName, rootName } from "../../../components/pki/hierarchy";
import {
    makeAuthority,
    makeKeys,
    makeRequest,
    signingUsages,
    type AuthorityOrder,
} from "./authorities";

/** A root, a request, and what the root signed, PEM. */
export interface SignedHierarchy {
    readonly rootPem: string;
    readonly csrPem: string;
    readonly certificatePem: string;
    /** What the root would sign with another begin, or otherwise. */
    readonly sign: (from: Date, changes?: Partial<AuthorityOrder>) => Promise<string>;
}

const after = (from: Date, days: number) => new Date(from.getTime() + days * 86_400_000);
const nameOf = (common: string) => `O=local.bluefly.io, CN=${common}`;

/** Stands for the ceremony and the tls provider together: another implementation of both. */
export async function makeSigned(
    purpose: string,
    from: Date,
    generation = 1,
): Promise<SignedHierarchy> {
    const rootKeys = await makeKeys("P-384");
    const keys = await makeKeys("P-256");
    const issuer = nameOf(rootName(purpose, 1));
    const subject = nameOf(intermediateName(purpose, generation));
    const signed = { issuer, signer: rootKeys, isAuthority: true, usages: signingUsages };
    const sign = (notBefore: Date, changes: Partial<AuthorityOrder> = {}) =>
        makeAuthority({
            ...signed,
            subject,
            keys,
            pathLength: 0,
            notBefore,
            notAfter: after(notBefore, 365),
            ...changes,
        });
    return {
        rootPem: await makeAuthority({
            ...signed,
            subject: issuer,
            keys: rootKeys,
            pathLength: 1,
            notBefore: after(from, -365),
            notAfter: after(from, 3285),
        }),
        csrPem: await makeRequest(subject, keys),
        certificatePem: await sign(from),
        sign,
    };
}
