import { createHash, X509Certificate } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { Check, Sighting } from "../check";
import { handshake } from "../connection";
import type { Hop, IssuedCertificate } from "../hop";

const HOUR_MS = 60 * 60 * 1000;
/** How long a workload may take to serve what was issued: the kubelet's delay in writing a Secret, and the reload. */
const RELOAD_MS = 120_000;

/** The certificates that the server itself sends, leaf first, whatever they are worth. */
async function servedChain(hop: Hop): Promise<X509Certificate[]> {
    // Node completes a chain from its store: with an empty one, what it shows is what was sent.
    const socket = await handshake(hop, { client: hop.verifier, trust: [], verifyServer: false });
    const chain: X509Certificate[] = [];
    let next = socket.getPeerX509Certificate();
    while (next && chain.every((known) => known.fingerprint256 !== next?.fingerprint256)) {
        chain.push(next);
        next = next.issuerCertificate;
    }
    socket.destroy();
    return chain;
}

async function servedLeaf(hop: Hop): Promise<X509Certificate> {
    const [leaf] = await servedChain(hop);
    if (!leaf) throw new Error("the server sent no certificate");
    return leaf;
}

/** Only the roots of the bundle are trusted, and the name is checked: the handshake succeeds. */
export const chainTrusted: Check = {
    id: "chain-to-root",
    controls: ["SC-17", "IA-5(2)"],
    wanted: (hop) => `${hop.host} verified with the roots of the trust bundle alone`,
    look: async (hop) => {
        const socket = await handshake(hop, { client: hop.verifier, verifyServer: false });
        const leaf = socket.getPeerX509Certificate();
        const problem = socket.authorized ? undefined : String(socket.authorizationError);
        socket.destroy();
        if (problem !== undefined) return { ok: false, seen: problem };
        const named = leaf?.checkHost(hop.host, { subject: "never" }) !== undefined;
        return { ok: named, seen: named ? "verified" : "verified, but for another name" };
    },
};

/** The server sends every certificate between its leaf and a trusted root, each the issuer of the one before. */
export const chainServed: Check = {
    id: "full-chain-served",
    controls: ["SC-17"],
    wanted: () => "the leaf, then each issuer up to a trusted root",
    look: async (hop) => {
        const chain = await servedChain(hop);
        const seen = chain.map((certificate) => oneLine(certificate.subject) || "leaf").join(" < ");
        const last = chain.at(-1);
        const linked = last !== undefined && chain.length > 1 && issuedByRoot(hop, last);
        return { ok: linked, seen: `${chain.length} sent: ${seen}` };
    },
};

function issuedByRoot(hop: Hop, certificate: X509Certificate): boolean {
    return certificatesIn(hop.trustBundle).some(
        (root) => certificate.checkIssued(root) && certificate.verify(root.publicKey),
    );
}

/** The subject alternative names are exactly those expected: DNS names, none of them a wildcard. */
export const exactNames: Check = {
    id: "names",
    controls: ["IA-5(2)", "SC-23"],
    wanted: (hop) => [...hop.certificate.names].sort().join(", "),
    look: async (hop) => {
        const leaf = await servedLeaf(hop);
        const seen = (leaf.subjectAltName ?? "")
            .split(", ")
            .map((name) => name.replace(/^DNS:/, ""))
            .sort()
            .join(", ");
        return { ok: seen === [...hop.certificate.names].sort().join(", "), seen: seen || "none" };
    },
};

/** The leaf lives no longer than the platform allows, and no longer than what issued it. */
export const lifetime: Check = {
    id: "lifetime",
    controls: ["SC-12", "IA-5(2)"],
    wanted: (hop) => `at most ${hop.certificate.lifetimeHours} h, within the issuer's life`,
    look: async (hop) => {
        const [leaf, ...issuers] = await servedChain(hop);
        if (!leaf) throw new Error("the server sent no certificate");
        const hours = (leaf.validToDate.getTime() - leaf.validFromDate.getTime()) / HOUR_MS;
        const outlives = issuers.some((issuer) => leaf.validToDate > issuer.validToDate);
        return {
            ok: hours <= hop.certificate.lifetimeHours && !outlives,
            seen: `${Math.round(hours * 10) / 10} h${outlives ? ", outlives its issuer" : ""}`,
        };
    },
};

/** The leaf is not past the time at which it should have been replaced. */
export const rotationMargin: Check = {
    id: "rotation-margin",
    controls: ["SC-12"],
    wanted: (hop) => `at least ${hop.certificate.renewBeforeHours} h of life left`,
    look: async (hop) => {
        const leaf = await servedLeaf(hop);
        const left = leaf.validToDate.getTime() - Date.now();
        const margin = hop.certificate.renewBeforeHours * HOUR_MS - RELOAD_MS;
        return { ok: left >= margin, seen: `${Math.floor(left / HOUR_MS)} h left` };
    },
};

/** Keys of 112 bits of strength or more, and no SHA-1, in every certificate sent. @see NIST SP 800-57 part 1, table 2 */
export const keyStrength: Check = {
    id: "key-strength",
    controls: ["SC-13", "SC-12"],
    wanted: () => "EC P-256 or P-384, or RSA of 2048 bits or more; SHA-2 signatures",
    look: async (hop) => {
        const chain = await servedChain(hop);
        const seen = chain.map((one) => `${keyOf(one)} ${one.signatureAlgorithm ?? "unsigned"}`);
        return { ok: chain.length > 0 && chain.every(isStrong), seen: seen.join(" < ") };
    },
};

function isStrong(certificate: X509Certificate): boolean {
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
    const strongKey =
        type === "ec"
            ? ["prime256v1", "secp384r1"].includes(details?.namedCurve ?? "")
            : type === "rsa" && (details?.modulusLength ?? 0) >= 2048;
    return strongKey && /sha-?(256|384|512)/i.test(certificate.signatureAlgorithm ?? "");
}

function keyOf({ publicKey }: X509Certificate): string {
    const { namedCurve, modulusLength } = publicKey.asymmetricKeyDetails ?? {};
    return `${publicKey.asymmetricKeyType ?? "unknown"} ${namedCurve ?? modulusLength ?? ""}`.trim();
}

/** What is served is what was issued last. A certificate issued within the last two minutes may still be on its way. */
export const servedIsIssued: Check = {
    id: "served-is-issued",
    controls: ["SC-12", "CM-6"],
    wanted: (hop) => inWords(hop.certificate.issued),
    limitSeconds: RELOAD_MS / 1000 + 30,
    look: async (hop) => {
        const { issued } = hop.certificate;
        const patience = Date.parse(issued.notBefore) + RELOAD_MS;
        for (;;) {
            const served = issuedCertificate(await servedLeaf(hop));
            const sighting = compareLeaves(issued, served);
            if (sighting.ok || Date.now() > patience) return sighting;
            await setTimeout(1000);
        }
    },
};

function compareLeaves(issued: IssuedCertificate, served: IssuedCertificate): Sighting {
    const ok = issued.sha256 === served.sha256;
    if (!ok && served.notBefore > issued.notBefore) {
        throw new Error("the certificate was renewed in the meantime; look again");
    }
    return { ok, seen: inWords(served) };
}

/** What is remembered of a certificate, to know it again. */
export function issuedCertificate({ raw, validFromDate }: X509Certificate): IssuedCertificate {
    const sha256 = createHash("sha256").update(raw).digest("hex");
    return { sha256, notBefore: validFromDate.toISOString() };
}

const inWords = ({ sha256 }: IssuedCertificate): string => `sha256 ${sha256}`;

function certificatesIn(pem: string): X509Certificate[] {
    const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    return blocks.map((block) => new X509Certificate(block));
}

function oneLine(name: string | undefined): string {
    return (name ?? "").split("\n").join(",");
}
