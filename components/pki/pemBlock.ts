const blocks = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END \1-----/g;

/**
 * The one block of a PEM text, as DER.
 *
 * @param label what stands behind BEGIN, for example `CERTIFICATE`
 * @returns undefined, if there is no whole block of that label, or if there are several
 * @see RFC 7468
 */
export function pemBlock(pem: string, label: string): Buffer | undefined {
    const [block, another] = [...pem.matchAll(blocks)];
    const base64 = block?.[2]?.replace(/[\r\n]/g, "");
    if (base64 === undefined || block?.[1] !== label || another !== undefined) return undefined;
    const der = Buffer.from(base64, "base64");
    // Buffer.from takes what is no base64 silently.
    return der.toString("base64") === base64 ? der : undefined;
}

/** A block of PEM, with a line feed at its end. */
export function formatPem(der: Buffer, label: string): string {
    const lines = der.toString("base64").replace(/.{64}(?=.)/g, "$&\n");
    return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
