/** How a value appears in an error: as JSON. */
export const shown = (value: unknown): string =>
    value === undefined ? "not set" : JSON.stringify(value);

/** One line of what is wrong with the configuration: key, value, range, fix. */
export const wrong = (key: string, value: string, allowed: string, fix: string): string =>
    `[${key}] is ${value}; allowed ${allowed}; ${fix}`;
