import { logicalResource } from "../logical";
import type { Provider, Resource } from "../resource";
import { certRequestKind } from "./certRequest";
import { locallySignedCertKind } from "./locallySignedCert";
import { privateKeyKind } from "./privateKey";
import { selfSignedCertKind } from "./selfSignedCert";

const kinds: Readonly<Record<string, Resource>> = {
    "tls:index/certRequest:CertRequest": logicalResource(certRequestKind),
    "tls:index/locallySignedCert:LocallySignedCert": logicalResource(locallySignedCertKind),
    "tls:index/privateKey:PrivateKey": logicalResource(privateKeyKind),
    "tls:index/selfSignedCert:SelfSignedCert": logicalResource(selfSignedCertKind),
};

/** Stands in for the official tls plugin: the same tokens, inputs, outputs, secrets and replacements, made by Node. */
export const tlsProvider: Provider = {
    name: "tls",
    version: "5.6.1",
    resource: (type) => kinds[type],
};
