/** The ceremony does not do what it was asked; nothing was signed. Exit code 1. */
export class Refusal extends Error {}

/** The command line itself is wrong. Exit code 2. */
export class UsageError extends Error {}
