/** What the library writes to; a pino logger is one. Fields first, as pino has them. */
export interface Log {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
}

/** The present. A parameter everywhere, so that a test can stand at any date. */
export type Clock = () => Date;

/** The message of whatever was thrown, for a log; never its stack. */
export function messageOf(error: unknown): string {
    const known = typeof error === "object" && error !== null && "message" in error;
    return known && typeof error.message === "string" ? error.message : "unknown error";
}
