import "reflect-metadata";
import { createHash } from "node:crypto";
import { Pkcs10CertificateRequestGenerator } from "@peculiar/x509";
import { text, textOf } from "../inputs";
import type { LogicalKind } from "../logical";
import { signingKey } from "./signingKey";
import { alternativeNameExtension, alternativeNames, subjectInputs, subjectName } from "./subject";

/** @see https://www.pulumi.com/registry/packages/tls/api-docs/certrequest/ */
export const certRequestKind: LogicalKind = {
    inputs: {
        ...subjectInputs,
        privateKeyPem: { check: text, required: true, secret: true },
    },
    outputs: { certRequestPem: "plain", keyAlgorithm: "plain" },
    make: async (inputs) => {
        const signer = await signingKey("privateKeyPem", textOf(inputs, "privateKeyPem"));
        const name = subjectName(inputs);
        const request = await Pkcs10CertificateRequestGenerator.create({
            name,
            keys: { privateKey: signer.privateKey, publicKey: signer.publicKey },
            signingAlgorithm: signer.signingAlgorithm,
            extensions: alternativeNameExtension(name, alternativeNames(inputs)),
        });
        return {
            id: createHash("sha1").update(Buffer.from(request.rawData)).digest("hex"),
            outputs: {
                certRequestPem: `${request.toString("pem")}\n`,
                keyAlgorithm: signer.algorithm,
            },
        };
    },
};
