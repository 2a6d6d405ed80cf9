import { block, type Line } from "./nginxText";

/** Variable that holds what the `Client-Cert` header says, empty for a client without a verified certificate. */
export const clientCertVariable = "$client_cert_header";

/** Lines of base64 that are handed on: 64 hold 3,072 bytes, three times a usual leaf; a longer certificate has no identity. */
const mostLines = 64;

/**
 * Makes a structured-field byte sequence, `:base64:`, of the PEM that nginx gives.
 *
 * nginx has no way to delete a line break, so the pattern captures each line by itself and the value sets them side by side. Its
 * quantifiers are possessive: a certificate with a line too many would otherwise be tried in every way that lines can be skipped.
 *
 * @see RFC 9440, 2.1; RFC 8941, 3.3.5
 */
export function renderClientCertMap(): Line {
    const captures = Array.from({ length: mostLines }, (_, index) => `c${index + 1}`);
    const lines = captures.map((name) => `(?:(?<${name}>[^-\\n]++)\\n)?+`).join("");
    const value = captures.map((name) => `$${name}`).join("");
    return block(`map "$ssl_client_verify $ssl_client_raw_cert" ${clientCertVariable}`, [
        'default "";',
        `"~^SUCCESS -----BEGIN CERTIFICATE-----\\n${lines}-----END CERTIFICATE-----\\n?\\z" ":${value}:";`,
    ]);
}
