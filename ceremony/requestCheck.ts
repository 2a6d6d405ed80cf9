import type { AuthorityCertificate } from "../components/pki/authorityCertificate";
import type { CertificateRequest } from "../components/pki/certificateRequest";
import { commonNameOf, formatName, organizationOf } from "../components/pki/distinguishedName";
import { Purpose } from "../components/pki/hierarchy";
import { keyKind } from "./describe";
import { Refusal } from "./refusal";

/** Curves of an intermediate: components/pki takes P-256. */
const curves = ["P-256", "P-384"];

const rootNames = new RegExp(`^(${Object.values(Purpose).join("|")})-root-g[1-9]\\d*$`);

/**
 * @throws a Refusal, if the certificate is not one that `ceremony init` made
 */
export function refuseNoRoot(file: string, root: AuthorityCertificate): void {
    if (purposeOf(root) !== undefined && root.isAuthority && root.subjectKeyId !== undefined)
        return;
    throw new Refusal(
        `[--root] ${file} is for ${quotedName(root)}; allowed the root of a purpose, as \`ceremony init\` makes it`,
    );
}

/**
 * @throws a Refusal, if the request is not one of an intermediate of this root
 */
export function refuseForeignRequest(
    file: string,
    request: CertificateRequest,
    root: AuthorityCertificate,
): void {
    if (!curves.includes(keyKind(request.publicKey)))
        throw new Refusal(
            `[--csr] ${file} is for a key of ${keyKind(request.publicKey)}; allowed ${curves.join(" and ")}: make the request anew`,
        );
    if (!request.isSigned)
        throw new Refusal(
            `[--csr] ${file} is not signed by the key that it asks a certificate for; allowed an unaltered request: copy the stack's output again`,
        );
    if (isIntermediateOf(request, root)) return;
    throw new Refusal(
        `[--csr] ${file} is for ${quotedName(request)}; allowed "${expectedName(root)}" with a number for N:` +
            " take the request, or the root, of the same purpose and environment",
    );
}

function isIntermediateOf({ subject }: CertificateRequest, root: AuthorityCertificate): boolean {
    const generation = /-g[1-9]\d*$/.exec(commonNameOf(subject) ?? "")?.[0];
    return (
        generation !== undefined &&
        formatName(subject) === expectedName(root).replace(/-gN$/, generation)
    );
}

const expectedName = ({ subject }: AuthorityCertificate): string =>
    formatName([
        { type: "O", value: organizationOf(subject) ?? "" },
        { type: "CN", value: `${purposeOf({ subject }) ?? ""}-ca-gN` },
    ]);

const purposeOf = ({ subject }: Pick<AuthorityCertificate, "subject">): string | undefined =>
    rootNames.exec(commonNameOf(subject) ?? "")?.[1];

const quotedName = ({ subject }: Pick<CertificateRequest, "subject">): string =>
    `"${formatName(subject)}"`;
