const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const hostName = new RegExp(`^${label}(?:\\.${label})+$`);

/** What resolvers read as an address: 10.1 is 10.0.0.1. */
const numeric = /\.(?:\d+|0x[0-9a-f]*)$/;

/**
 * Whether a text is a host name as certificates, configuration files and clients all spell it: two labels or more of at most 63
 * characters, lower case, no scheme, port, wildcard, trailing dot or address, at most 253 characters.
 *
 * @see RFC 1123, 2.1; RFC 6125, 6.4
 */
export const isHostName = (text: string): boolean =>
    text.length <= 253 && hostName.test(text) && !numeric.test(text);

/**
 * Returns a host name that may be written into a certificate or a configuration file unquoted.
 *
 * @throws an error that names the argument, if the text is anything else
 */
export function checkedHostName(argument: string, text: string): string {
    if (isHostName(text)) return text;
    throw new Error(
        `[${argument}] is ${JSON.stringify(text)}; allowed a lower-case DNS name of two labels or more, of at most 63 characters each and 253 in all, without scheme, port, wildcard or trailing dot, and no address`,
    );
}
