/** One element of DER: its tag, what it holds, and itself as it was written. */
export interface DerElement {
    readonly tag: number;
    readonly content: Buffer;
    readonly whole: Buffer;
}

/** Tags of what certificates and requests are made of. @see ITU-T X.690, 8 */
export const derTag = {
    boolean: 0x01,
    integer: 0x02,
    bitString: 0x03,
    octetString: 0x04,
    null: 0x05,
    objectIdentifier: 0x06,
    utf8String: 0x0c,
    printableString: 0x13,
    ia5String: 0x16,
    utcTime: 0x17,
    generalizedTime: 0x18,
    sequence: 0x30,
    set: 0x31,
} as const;

/**
 * The elements that lie one after the other in a text of DER.
 *
 * @throws an error, if one is cut short, of indefinite length, or has a tag of several bytes
 */
export function derElements(der: Buffer): DerElement[] {
    const elements: DerElement[] = [];
    for (let at = 0; at < der.length;) {
        const element = elementAt(der, at);
        elements.push(element);
        at += element.whole.length;
    }
    return elements;
}

/**
 * What an element of a given tag holds.
 *
 * @throws an error, if the element is absent or another one
 */
export function derContent(element: DerElement | undefined, tag: number): Buffer {
    if (element?.tag === tag) return element.content;
    throw new Error(`DER has ${element?.tag ?? "nothing"} where ${tag} belongs`);
}

/** The elements of a sequence. */
export const derSequence = (element: DerElement | undefined): DerElement[] =>
    derElements(derContent(element, derTag.sequence));

/** An object identifier in dots, for example 2.5.29.19. */
export function objectIdentifier(content: Buffer): string {
    const arcs: number[] = [];
    let arc = 0;
    for (const byte of content) {
        arc = arc * 128 + (byte & 0x7f);
        if (byte >= 0x80) continue;
        arcs.push(arc);
        arc = 0;
    }
    // The two first arcs share a number.
    const [head = 0, ...rest] = arcs;
    const first = Math.min(Math.floor(head / 40), 2);
    return [first, head - first * 40, ...rest].join(".");
}

function elementAt(der: Buffer, at: number): DerElement {
    const tag = byteAt(der, at);
    if ((tag & 0x1f) === 0x1f) throw new Error("DER has a tag of several bytes");
    const first = byteAt(der, at + 1);
    const size = first < 0x80 ? 0 : first & 0x7f;
    if (first === 0x80 || size > 4) throw new Error(`DER has a length of ${size} bytes`);
    const start = at + 2 + size;
    if (start > der.length) throw new Error("DER is cut short");
    const end = start + (size === 0 ? first : der.readUIntBE(at + 2, size));
    if (end > der.length) throw new Error("DER is cut short");
    return { tag, content: der.subarray(start, end), whole: der.subarray(at, end) };
}

function byteAt(der: Buffer, at: number): number {
    const byte = der[at];
    if (byte === undefined) throw new Error("DER is cut short");
    return byte;
}
