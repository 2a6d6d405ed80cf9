/** How a value appears in an error: as JSON, a secret not at all, nothing as such. */
export function shown(value: unknown, secret: boolean): string {
    if (value === undefined) return "not set";
    if (secret) return "<secret>";
    return JSON.stringify(value);
}

/** One line of what is wrong with the configuration: key, value, range, fix. */
export const wrong = (key: string, value: string, allowed: string, fix: string): string =>
    `[${key}] is ${value}; allowed ${allowed}; ${fix}`;
