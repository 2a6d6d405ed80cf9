import { createHash, createPrivateKey, type KeyObject, type X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SecureContextOptions } from "node:tls";
import { type CertificateUse, chainFault, parseCertificates } from "./trust";

/** Where a workload's certificate lies. */
export interface TlsFiles {
    /** Directory with `tls.crt` (leaf, then intermediate) and `tls.key`, as a Secret of type kubernetes.io/tls is mounted. */
    readonly certificateDirectory: string;
    /** PEM file with every root that a peer may chain to. */
    readonly trustFile: string;
}

/** What the three files hold, unchecked. Private fields, so that no logger and no inspection shows the key. */
export class TlsContent {
    readonly #key: string;
    /** SHA-256 of certificate, key and bundle together: equal content, equal hash. */
    public readonly hash: string;

    constructor(
        public readonly certificate: string,
        key: string,
        public readonly trust: string,
    ) {
        this.#key = key;
        this.hash = createHash("sha256")
            .update(JSON.stringify([certificate, key, trust]))
            .digest("hex");
    }

    /** The part of a secure context that comes from the files. */
    public secureContext(): SecureContextOptions {
        return { cert: this.certificate, key: this.#key, ca: this.trust };
    }

    /** Throws without OpenSSL's words, which are of no help and could one day quote the input. */
    public privateKey(): KeyObject {
        try {
            return createPrivateKey(this.#key);
        } catch {
            throw new Error("tls.key is not a PEM private key");
        }
    }
}

/** Content that was checked, and so may be served. */
export class TlsMaterial {
    constructor(
        public readonly content: TlsContent,
        public readonly leaf: X509Certificate,
        public readonly intermediate: X509Certificate,
        public readonly roots: readonly X509Certificate[],
    ) {}
}

/**
 * Reads the files until two readings in a row agree: a swap between two files gives a pair that never existed.
 * Throws where a file cannot be read, naming it.
 */
export function readContent(
    files: TlsFiles,
    read: (files: TlsFiles) => TlsContent = readOnce,
): TlsContent {
    let last = read(files);
    for (let attempt = 0; attempt < 3; attempt++) {
        const next = read(files);
        if (next.hash === last.hash) return next;
        last = next;
    }
    throw new Error(`${files.certificateDirectory} changes while it is read`);
}

function readOnce({ certificateDirectory, trustFile }: TlsFiles): TlsContent {
    return new TlsContent(
        readFileSync(join(certificateDirectory, "tls.crt"), "utf8"),
        readFileSync(join(certificateDirectory, "tls.key"), "utf8"),
        readFileSync(trustFile, "utf8"),
    );
}

/**
 * Checks that key and certificate belong together, that tls.crt is leaf and intermediate, that they chain to the bundle, that
 * all are valid at that time, and that the leaf is for this use. Throws one sentence that says what does not fit.
 */
export function checkContent(content: TlsContent, use: CertificateUse, at: Date): TlsMaterial {
    const chain = certificates("tls.crt", content.certificate);
    const [leaf, intermediate] = chain;
    if (!leaf || !intermediate || chain.length !== 2) {
        throw new Error(
            `tls.crt holds ${chain.length} certificate(s), expected 2: leaf, then intermediate`,
        );
    }
    if (!leaf.checkPrivateKey(content.privateKey()))
        throw new Error("tls.key does not belong to the leaf in tls.crt");
    const roots = certificates("the trust bundle", content.trust);
    if (roots.length === 0)
        throw new Error("the trust bundle holds no certificate, expected at least one root");
    const stray = roots.find((root) => !root.checkIssued(root));
    if (stray)
        throw new Error(
            `the trust bundle holds ${JSON.stringify(stray.subject)}, which is not a root`,
        );
    const fault = chainFault({ leaf, intermediates: [intermediate], roots, use, at });
    if (fault) throw new Error(fault);
    return new TlsMaterial(content, leaf, intermediate, roots);
}

function certificates(what: string, pem: string): X509Certificate[] {
    try {
        return parseCertificates(pem);
    } catch {
        throw new Error(`${what} holds a certificate that cannot be read`);
    }
}
