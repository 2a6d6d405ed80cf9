import { derTag } from "../components/pki/der";

/** An element of DER. @see ITU-T X.690, 8 and 10 */
export function element(tag: number, ...contents: Buffer[]): Buffer {
    const content = Buffer.concat(contents);
    return Buffer.concat([Buffer.from([tag, ...lengthBytes(content.length)]), content]);
}

export const sequence = (...parts: Buffer[]): Buffer => element(derTag.sequence, ...parts);

export const octetString = (content: Buffer): Buffer => element(derTag.octetString, content);

/** A bit string of whole bytes; `unused` bits of the last one do not count, as in a list of flags. */
export const bitString = (content: Buffer, unused = 0): Buffer =>
    element(derTag.bitString, Buffer.from([unused]), content);

/** A positive integer of any size. */
export function integer(value: number | bigint): Buffer {
    const digits = value.toString(16);
    const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex");
    // A first bit that is set would make it negative.
    const sign = (bytes[0] ?? 0) >= 0x80 ? Buffer.from([0]) : Buffer.alloc(0);
    return element(derTag.integer, sign, bytes);
}

export const yes = (): Buffer => element(derTag.boolean, Buffer.from([0xff]));

/** An object identifier from its dots, for example 2.5.29.19. */
export function objectId(dotted: string): Buffer {
    const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
    return element(
        derTag.objectIdentifier,
        ...[first * 40 + second, ...rest].map((arc) => Buffer.from(base128(arc))),
    );
}

/** A text as certificates hold it: printable where it can be. @see RFC 5280, 4.1.2.4 */
export const text = (value: string): Buffer =>
    element(
        /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value) ? derTag.printableString : derTag.utf8String,
        Buffer.from(value),
    );

/** A point in time in whole seconds: two digits of the year before 2050, four after. @see RFC 5280, 4.1.2.5 */
export function time(value: Date): Buffer {
    const digits = `${value.toISOString().slice(0, 19).replace(/\D/g, "")}Z`;
    return value.getUTCFullYear() < 2050
        ? element(derTag.utcTime, Buffer.from(digits.slice(2)))
        : element(derTag.generalizedTime, Buffer.from(digits));
}

function lengthBytes(length: number): number[] {
    if (length < 0x80) return [length];
    const bytes = base256(length);
    return [0x80 | bytes.length, ...bytes];
}

const base256 = (value: number): number[] =>
    value < 256 ? [value] : [...base256(Math.floor(value / 256)), value % 256];

function base128(value: number): number[] {
    const last = value % 128;
    const head = Math.floor(value / 128);
    return head === 0 ? [last] : [...base128(head).map((byte) => byte | 0x80), last];
}
