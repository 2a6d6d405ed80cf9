/** A text as a literal of CEL, whose escapes are those of JSON. @see CEL language definition, String and Bytes Values */
export const celText = (text: string): string => JSON.stringify(text);

/** Texts as a list of CEL, each once and sorted. */
export const celTexts = (texts: readonly string[]): string =>
    `[${[...new Set(texts)].sort().map(celText).join(", ")}]`;
