import "reflect-metadata";
import { execFileSync } from "node:child_process";
import { createPrivateKey, webcrypto, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";
import { makeAuthority, makeKeys, type Keys } from "../../components/pki/authorities";
import type { Issuer } from "./published";

/** A certificate of a workload, and what its server would show with it. */
export interface Leaf {
    readonly certificatePem: string;
    /** Of the intermediate, then of the root, PEM. */
    readonly chainPem: string;
    readonly notBefore: Date;
    readonly notAfter: Date;
}

const days = 90;
const leafKeys = makeKeys("P-256");

/**
 * Signs a leaf of 90 days by what an environment's Secret holds. Simulated: cert-manager would sign the like, but its clock cannot be
 * moved to the day.
 */
export async function signLeaf(issuer: Issuer, notBefore: Date): Promise<Leaf> {
    const notAfter = new Date(notBefore.getTime() + days * 86_400_000);
    const { subject } = new x509.X509Certificate(issuer.chainPem);
    const certificatePem = await makeAuthority({
        subject: "CN=leaf",
        keys: await leafKeys,
        issuer: subject,
        signer: await signerOf(issuer.keyPem, "P-256"),
        notBefore,
        notAfter,
        isAuthority: false,
        pathLength: undefined,
        usages: x509.KeyUsageFlags.digitalSignature,
    });
    return { certificatePem, chainPem: issuer.chainPem, notBefore, notAfter };
}

/** What signs with a key in PEM. Nothing may be made of its public half, which is another's. */
export async function signerOf(pem: string, curve: "P-256" | "P-384"): Promise<Keys> {
    const { algorithm, pair } = await makeKeys(curve);
    const der = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
    const privateKey = await webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
    return { algorithm, pair: { ...pair, privateKey } };
}

/** Whether openssl lets each of the leaves in, at a time, where the roots of a bundle are trusted and nothing else. */
export function verify(bundlePem: string, leaves: readonly Leaf[], at: Date): boolean {
    if (leaves.length === 0) return true;
    const folder = mkdtempSync(join(tmpdir(), "verify-"));
    const write = (name: string, text: string): string => {
        writeFileSync(join(folder, name), text);
        return join(folder, name);
    };
    const files = leaves.map((leaf, index) => write(`${index}.pem`, leaf.certificatePem));
    const chains = leaves.map(({ chainPem }) => chainPem).join("");
    const trust = ["-no-CAfile", "-no-CApath", "-no-CAstore"];
    const bundle = ["-trusted", write("bundle.pem", bundlePem)];
    const untrusted = ["-untrusted", write("chains.pem", chains)];
    const time = ["-attime", String(Math.floor(at.getTime() / 1000))];
    try {
        execFileSync("openssl", ["verify", ...trust, ...bundle, ...untrusted, ...time, ...files], {
            stdio: "ignore",
        });
        return true;
    } catch {
        return false;
    } finally {
        rmSync(folder, { recursive: true });
    }
}

/** The certificates of a text, PEM. */
export const certificatesIn = (pem: string): X509Certificate[] =>
    (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
        (one) => new X509Certificate(one),
    );
