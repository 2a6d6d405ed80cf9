import { flag, text, textOf } from "../inputs";
import type { LogicalKind } from "../logical";
import { PropertyError } from "../resource";
import {
    certificateInputs,
    certificateOutputs,
    issue,
    keyIdentifier,
    renewal,
} from "./certificate";
import { signingKey } from "./signingKey";
import { alternativeNames, subjectInputs, subjectName } from "./subject";

/** @see https://www.pulumi.com/registry/packages/tls/api-docs/selfsignedcert/ */
export const selfSignedCertKind: LogicalKind = {
    inputs: {
        ...certificateInputs,
        ...subjectInputs,
        privateKeyPem: { check: text, required: true, secret: true },
        setAuthorityKeyId: { check: flag, default: false },
    },
    outputs: { ...certificateOutputs, keyAlgorithm: "plain" },
    make: async (inputs) => {
        const { isCaCertificate, setSubjectKeyId, setAuthorityKeyId } = inputs;
        if (setAuthorityKeyId === true && isCaCertificate !== true && setSubjectKeyId !== true) {
            throw new PropertyError(
                "setAuthorityKeyId",
                "is true; it takes setSubjectKeyId as well",
            );
        }
        const signer = await signingKey("privateKeyPem", textOf(inputs, "privateKeyPem"));
        const subject = subjectName(inputs);
        const { id, outputs } = await issue({
            inputs,
            subject,
            alternativeNames: alternativeNames(inputs),
            publicKey: signer.spki,
            issuer: subject,
            signer,
            authorityKeyId: setAuthorityKeyId === true ? keyIdentifier(signer.spki) : undefined,
        });
        return { id, outputs: { ...outputs, keyAlgorithm: signer.algorithm } };
    },
    now: renewal,
};
