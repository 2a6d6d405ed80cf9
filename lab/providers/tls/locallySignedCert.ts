import "reflect-metadata";
import {
    Pkcs10CertificateRequest,
    SubjectAlternativeNameExtension,
    SubjectKeyIdentifierExtension,
    X509Certificate,
    type JsonGeneralName,
} from "@peculiar/x509";
import { text, textOf } from "../inputs";
import type { LogicalKind } from "../logical";
import { PropertyError } from "../resource";
import { certificateInputs, certificateOutputs, issue, renewal } from "./certificate";
import { signingKey } from "./signingKey";

/** @see https://www.pulumi.com/registry/packages/tls/api-docs/locallysignedcert/ */
export const locallySignedCertKind: LogicalKind = {
    inputs: {
        ...certificateInputs,
        caCertPem: { check: text, required: true },
        caPrivateKeyPem: { check: text, required: true, secret: true },
        certRequestPem: { check: text, required: true },
    },
    outputs: { ...certificateOutputs, caKeyAlgorithm: "plain" },
    make: async (inputs) => {
        const request = await certificateRequest(textOf(inputs, "certRequestPem"));
        const authority = certificateOf(textOf(inputs, "caCertPem"));
        const signer = await signingKey("caPrivateKeyPem", textOf(inputs, "caPrivateKeyPem"));
        if (!signer.spki.equals(Buffer.from(authority.publicKey.rawData))) {
            throw new PropertyError("caPrivateKeyPem", "is not the key of caCertPem");
        }
        const { id, outputs } = await issue({
            inputs,
            subject: request.subjectName,
            alternativeNames: requestedNames(request),
            publicKey: Buffer.from(request.publicKey.rawData),
            issuer: authority.subjectName,
            signer,
            authorityKeyId: authorityKeyId(authority, request),
        });
        return { id, outputs: { ...outputs, caKeyAlgorithm: signer.algorithm } };
    },
    now: renewal,
};

async function certificateRequest(pem: string): Promise<Pkcs10CertificateRequest> {
    const request = parsed(
        "certRequestPem",
        "certificate request",
        () => new Pkcs10CertificateRequest(pem),
    );
    if (await request.verify()) return request;
    throw new PropertyError(
        "certRequestPem",
        "is not signed by the key that it asks a certificate for",
    );
}

function certificateOf(pem: string): X509Certificate {
    return parsed("caCertPem", "certificate", () => new X509Certificate(pem));
}

function parsed<T>(property: string, what: string, parse: () => T): T {
    try {
        return parse();
    } catch {
        throw new PropertyError(property, `is no ${what} in PEM`);
    }
}

/** Names of the kinds that the official plugin copies. */
function requestedNames(request: Pkcs10CertificateRequest): JsonGeneralName[] {
    return request.extensions
        .filter((extension) => extension instanceof SubjectAlternativeNameExtension)
        .flatMap(({ names }) => names.toJSON())
        .filter(({ type }) => ["dns", "ip", "url"].includes(type));
}

/** That of the authority, unless it signs for its own name. */
function authorityKeyId(
    authority: X509Certificate,
    request: Pkcs10CertificateRequest,
): string | undefined {
    if (authority.subject === request.subject) return undefined;
    return authority.getExtension(SubjectKeyIdentifierExtension)?.keyId;
}
