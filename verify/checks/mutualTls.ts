import type { Check } from "../check";
import type { IdentifyingHop } from "../hop";
import {
    chainServed,
    chainTrusted,
    exactNames,
    keyStrength,
    lifetime,
    rotationMargin,
    servedIsIssued,
} from "./certificate";
import { certificateDemanded, strangerRefused, verifierAccepted } from "./clientCertificate";
import { cipherSuitesOfProfile, groupsOfProfile } from "./negotiation";
import { olderVersionsRefused, tls13Accepted } from "./versions";

/** What every hop must show, before what is particular to one. */
export const mutualTlsChecks: readonly Check<IdentifyingHop>[] = [
    tls13Accepted,
    ...olderVersionsRefused,
    cipherSuitesOfProfile,
    groupsOfProfile,
    chainTrusted,
    chainServed,
    exactNames,
    lifetime,
    rotationMargin,
    keyStrength,
    servedIsIssued,
    verifierAccepted,
    certificateDemanded,
    strangerRefused,
];
