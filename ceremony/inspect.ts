import { readAuthorityCertificate } from "../components/pki/authorityCertificate";
import { readCertificateRequest } from "../components/pki/certificateRequest";
import { checkSignedCertificate } from "../components/pki/signedCertificate";
import type { Ceremony } from "./ceremony";
import { describeCertificate, describeEntry, describeRequest } from "./describe";
import { readText } from "./files";
import type { InspectOptions } from "./options";
import { Refusal } from "./refusal";
import { readLog } from "./signingLog";

/** Shows a request, a certificate or a log; or says whether a certificate fits its request and its root. */
export function inspect(options: InspectOptions, { terminal }: Ceremony): void {
    const { file } = options;
    const text = readText("FILE", file);
    if (options.compared !== undefined) refuseUnfit(text, options.compared, options);
    for (const line of describe(file, text)) terminal.show(line);
    if (options.compared !== undefined)
        terminal.show(`fits        ${options.compared.csr} and ${options.compared.root}`);
}

function refuseUnfit(
    certificatePem: string,
    { csr, root }: { csr: string; root: string },
    { file, asOf }: InspectOptions,
): void {
    const csrPem = readText("--csr", csr);
    const rootPem = readText("--root", root);
    // Told here by the file's name; the check itself knows none.
    if (readCertificateRequest(csrPem) === undefined)
        throw new Refusal(`[--csr] ${csr} is no whole certificate request; allowed one in PEM`);
    if (readAuthorityCertificate(rootPem) === undefined)
        throw new Refusal(`[--root] ${root} is no whole certificate; allowed one in PEM`);
    const faults = checkSignedCertificate({ certificatePem, csrPem, rootPem, asOf });
    if (faults.length > 0)
        throw new Refusal(faults.map((fault) => `[${file}] ${fault}`).join("\n"));
}

function describe(file: string, text: string): string[] {
    const certificate = readAuthorityCertificate(text);
    if (certificate !== undefined) return describeCertificate(certificate);
    const request = readCertificateRequest(text);
    if (request !== undefined) return describeRequest(request);
    if (text.startsWith("{")) return describeLog(file, text);
    throw new Refusal(
        `[${file}] is no whole certificate, request or log; allowed one certificate or request in PEM, or the log signed.jsonl`,
    );
}

function describeLog(file: string, text: string): string[] {
    const { entries, head } = readLog(file, text);
    return [...entries.flatMap(describeEntry), `${entries.length} lines, the log ends in ${head}`];
}
