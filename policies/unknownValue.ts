/**
 * Thrown where a check reads a value that preview does not know. A check never catches it to go on as if the value were absent: whoever
 * runs the check reports it.
 */
export class UnknownValue extends Error {
    /** Place inside the subject, for example `spec.duration`. */
    readonly at: string;
    /** True for the data of a Secret, which may wait for `up`; everything else must be known in preview. */
    readonly mayWait: boolean;

    constructor(at: string, mayWait = false) {
        super(`${at} is not known in preview`);
        this.name = "UnknownValue";
        this.at = at;
        this.mayWait = mayWait;
    }
}

/** Makes reading `target[key]` throw. The key itself stays visible, as it is known. */
export function defineUnknown(target: object, key: string, unknown: UnknownValue): void {
    Object.defineProperty(target, key, {
        enumerable: true,
        get: () => {
            throw unknown;
        },
    });
}

/** Sets `target[key]`, by definition rather than assignment: a key named `__proto__` is data like any other. */
export function defineKnown(target: object, key: string, value: unknown): void {
    Object.defineProperty(target, key, {
        value,
        enumerable: true,
        writable: true,
        configurable: true,
    });
}

/** What `read` returns, or what it met that preview does not know. */
export function tryRead<Value>(read: () => Value): Value | UnknownValue {
    try {
        return read();
    } catch (error) {
        if (error instanceof UnknownValue) return error;
        throw error;
    }
}
