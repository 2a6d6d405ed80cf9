type Matches = (char: string) => boolean;

/** A pattern cut into pieces: a test for one character, or `*` for any number of them. */
export type Wildcard = readonly (Matches | "*")[];

/** Only `*` is special. */
export function starPattern(pattern: string): Wildcard {
    return Array.from(pattern).map((char) => (char === "*" ? "*" : literal(char)));
}

/** `*`, `?` and `[a-z]` are special, as in glob(7). */
export function globPattern(pattern: string): Wildcard {
    const pieces: (Matches | "*")[] = [];
    for (let index = 0; index < pattern.length; index++) {
        const char = pattern.charAt(index);
        const end = char === "[" ? pattern.indexOf("]", index + 2) : -1;
        if (char === "*") pieces.push("*");
        else if (char === "?") pieces.push(() => true);
        else if (end > 0) {
            pieces.push(oneOf(pattern.slice(index + 1, end)));
            index = end;
        } else pieces.push(literal(char));
    }
    return pieces;
}

/** Whether the whole text fits. Takes at most length of pattern times length of text steps. */
export function matchesWildcard(pattern: Wildcard, text: string): boolean {
    const chars = Array.from(text);
    let piece = 0;
    let star = -1;
    let retry = 0;
    for (let index = 0; index < chars.length;) {
        const matches = pattern[piece];
        if (typeof matches === "function" && matches(chars[index] ?? "")) {
            piece++;
            index++;
        } else if (matches === "*") {
            star = piece++;
            retry = index;
        } else if (star >= 0) {
            piece = star + 1;
            index = ++retry;
        } else return false;
    }
    return pattern.slice(piece).every((rest) => rest === "*");
}

const literal =
    (wanted: string): Matches =>
    (char) =>
        char === wanted;

function oneOf(set: string): Matches {
    const negated = set.startsWith("!") || set.startsWith("^");
    const chars = negated ? set.slice(1) : set;
    return (char) => inSet(chars, char) !== negated;
}

function inSet(set: string, char: string): boolean {
    for (let index = 0; index < set.length; index++) {
        const from = set.charAt(index);
        const isRange = set.charAt(index + 1) === "-" && index + 2 < set.length;
        const to = isRange ? set.charAt(index + 2) : from;
        if (char >= from && char <= to) return true;
        if (isRange) index += 2;
    }
    return false;
}
