import type { Subject } from "../rule";

/** Reads a subject once, however many checks ask for the same facts. What could not be read is tried, and thrown, again. */
export function perSubject<Facts extends object>(
    read: (subject: Subject) => Facts,
): (subject: Subject) => Facts {
    return once(read);
}

/** Reads a whole stack once. */
export function perStack<Facts extends object>(
    read: (stack: readonly Subject[]) => Facts,
): (stack: readonly Subject[]) => Facts {
    return once(read);
}

/** Keeps what was read for as long as what it was read from. */
export function once<Key extends object, Facts extends object>(
    read: (key: Key) => Facts,
): (key: Key) => Facts {
    const known = new WeakMap<Key, Facts>();
    return (key) => {
        const facts = known.get(key) ?? read(key);
        known.set(key, facts);
        return facts;
    };
}
