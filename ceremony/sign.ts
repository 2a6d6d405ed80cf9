import { createPublicKey } from "node:crypto";
import {
    keyFingerprint,
    readAuthorityCertificate,
    type AuthorityCertificate,
} from "../components/pki/authorityCertificate";
import {
    readCertificateRequest,
    type CertificateRequest,
} from "../components/pki/certificateRequest";
import { intermediateLifetimeHours } from "../components/pki/generations";
import { intermediatePathLength } from "../components/pki/hierarchy";
import { checkSignedCertificate } from "../components/pki/signedCertificate";
import type { Ceremony } from "./ceremony";
import { describeIssuer, describeLife, describeRequest } from "./describe";
import { decryptKey } from "./encryptedKey";
import { readText, refuseUnwritable, rootFiles, writeNew } from "./files";
import { endOf, issue, type Issue } from "./issue";
import type { SignOptions } from "./options";
import { passphraseOf } from "./passphrase";
import { Refusal } from "./refusal";
import { refuseForeignRequest, refuseNoRoot } from "./requestCheck";
import { memorySigner, opensslSigner, type RootSigner } from "./rootSigner";
import { appendToLog, certificateHash, readLog, type SigningLog } from "./signingLog";

/** Signs the intermediate that a request asks for, once that is confirmed. */
export async function sign(options: SignOptions, ceremony: Ceremony): Promise<void> {
    const { terminal, now } = ceremony;
    const files = rootFiles(options.root);
    refuseUnwritable("--out", options.out);
    const rootPem = readText("--root", files.certificate);
    const csrPem = readText("--csr", options.csr);
    const root = readRoot(files.certificate, rootPem);
    const request = readRequest(options.csr, csrPem, root);
    const log = logOf(files.log, root);
    const order = orderOf(options, request, root);

    preview(order, { request, root, log }, ceremony);
    if (!options.isConfirmed) await confirm(ceremony);
    const pem = issue(order, await signerOf(options, root, ceremony));
    const made = fitting(pem, { csrPem, rootPem, asOf: order.notBefore });

    // First the log: a certificate that is in no log must not exist.
    const { head } = appendToLog(files.log, made, now, log);
    writeNew("--out", options.out, pem);
    terminal.show(`signed      ${options.out}, sha256 ${certificateHash(made)}`);
    terminal.show(`log         ends in ${head}; write it down`);
}

function readRoot(file: string, pem: string): AuthorityCertificate {
    const root = readAuthorityCertificate(pem);
    if (root === undefined)
        throw new Refusal(
            `[--root] ${file} is no whole certificate; allowed one in PEM: fetch the other copy`,
        );
    refuseNoRoot(file, root);
    return root;
}

function readRequest(file: string, pem: string, root: AuthorityCertificate): CertificateRequest {
    const request = readCertificateRequest(pem);
    if (request === undefined)
        throw new Refusal(
            `[--csr] ${file} is no whole certificate request; allowed one PKCS#10 in PEM: copy the stack's output again`,
        );
    refuseForeignRequest(file, request, root);
    return request;
}

/** The root's own certificate is the first line, so that the log of another root is told from this one's. */
function logOf(file: string, root: AuthorityCertificate): SigningLog {
    const log = readLog(file, readText("--root", file));
    if (log.entries[0]?.certificate === certificateHash(root)) return log;
    throw new Refusal(
        `[--root] ${file} does not begin with root.crt; allowed the log that \`ceremony init\` began: fetch the other copy`,
    );
}

function orderOf(
    { notBefore }: SignOptions,
    request: CertificateRequest,
    root: AuthorityCertificate,
): Issue {
    const order = {
        subject: request.subjectDer,
        issuer: root.subjectDer,
        publicKey: request.publicKey,
        pathLength: intermediatePathLength,
        notBefore,
        lifetimeHours: intermediateLifetimeHours,
        authorityKeyId: root.subjectKeyId ?? "",
    };
    if (notBefore >= root.notBefore && endOf(order) <= root.notAfter) return order;
    throw new Refusal(
        `[--not-before] is ${notBefore.toISOString()}, so that the certificate ends ${endOf(order).toISOString()}; allowed within the root's life,` +
            ` ${root.notBefore.toISOString()} to ${root.notAfter.toISOString()}: choose another day, or sign with the next root`,
    );
}

interface Previewed {
    readonly request: CertificateRequest;
    readonly root: AuthorityCertificate;
    readonly log: SigningLog;
}

function preview(order: Issue, { request, root, log }: Previewed, { terminal }: Ceremony): void {
    const key = keyFingerprint(request.publicKey);
    const lines = [
        ...describeRequest(request),
        ...describeIssuer(root, order.pathLength),
        ...describeLife(order.notBefore, endOf(order)),
        ...log.entries
            .filter((entry) => entry.key === key)
            .map(({ time }) => `before      this key was signed at ${time}`),
    ];
    for (const line of lines) terminal.show(line);
}

async function confirm({ terminal }: Ceremony): Promise<void> {
    const answer = await terminal.ask("Type yes to sign: ");
    if (answer?.trim() === "yes") return;
    // The answer may be a passphrase, typed too early.
    throw new Refusal("nothing was signed: the answer was not yes");
}

async function signerOf(
    { key, passphraseFile, root: folder }: SignOptions,
    { publicKey }: AuthorityCertificate,
    { terminal }: Ceremony,
): Promise<RootSigner> {
    if (key !== undefined) return opensslSigner(key, publicKey);
    const file = rootFiles(folder).key;
    const pem = readText("--root", file);
    const opened = decryptKey(pem, await passphraseOf(terminal, passphraseFile), file);
    if (createPublicKey(opened).equals(publicKey)) return memorySigner(opened, publicKey);
    throw new Refusal(
        `[--root] ${file} is not the key of root.crt; allowed the pair that \`ceremony init\` made: fetch the other copy`,
    );
}

/** The certificate, judged as `pulumi up` will judge it. */
function fitting(
    certificatePem: string,
    expected: { csrPem: string; rootPem: string; asOf: Date },
): AuthorityCertificate {
    const faults = checkSignedCertificate({ certificatePem, ...expected });
    const made = readAuthorityCertificate(certificatePem);
    if (made !== undefined && faults.length === 0) return made;
    throw new Error(`the certificate that was made ${faults.join("; ")}`);
}
