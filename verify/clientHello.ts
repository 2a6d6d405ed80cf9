import { randomBytes } from "node:crypto";
import { groups, signatureAlgorithms } from "./registry";

/** What one hello offers. Made by hand, since a TLS library will not offer what it does not speak itself. */
export interface HelloOffer {
    /** Sent as server name; absent: the extension is left out. */
    readonly serverName?: string;
    /** The one version offered, for example 0x0303. */
    readonly version: number;
    readonly cipherSuites: readonly number[];
    /** Groups offered; default: every one of the registry. */
    readonly groups?: readonly number[];
}

export type HelloReply =
    | {
          readonly kind: "hello";
          readonly version: number;
          readonly cipherSuite: number;
          /** Present in TLS 1.3: the group agreed on. */
          readonly group?: number;
      }
    | { readonly kind: "alert"; readonly description: number }
    /** Closed or reset without a word. */
    | { readonly kind: "closed" }
    /** Something that is not TLS. */
    | { readonly kind: "foreign"; readonly start: string };

const TLS_1_3 = 0x0304;
const TLS_1_2 = 0x0303;

/**
 * One ClientHello in one record. In TLS 1.3 it holds no key share: a server that agrees answers with a HelloRetryRequest, which
 * names the suite and the group it chose, so that groups can be asked for that no library here implements.
 *
 * @see RFC 8446, section 4.1.2; RFC 5246, section 7.4.1.2
 */
export function encodeClientHello(offer: HelloOffer): Buffer {
    const body = Buffer.concat([
        uint16(Math.min(offer.version, TLS_1_2)),
        randomBytes(32),
        vector(1, offer.version === TLS_1_3 ? randomBytes(32) : Buffer.alloc(0)),
        vector(2, Buffer.concat(offer.cipherSuites.map(uint16))),
        vector(1, Buffer.from([0])),
        vector(2, Buffer.concat(extensions(offer))),
    ]);
    const handshake = Buffer.concat([Buffer.from([1]), vector(3, body)]);
    const recordVersion = Math.min(offer.version, 0x0301);
    return Buffer.concat([Buffer.from([22]), uint16(recordVersion), vector(2, handshake)]);
}

function extensions({ serverName, version, groups: asked }: HelloOffer): Buffer[] {
    const offered = asked ?? Object.values(groups);
    const name = serverName === undefined ? [] : [extension(0, serverNameList(serverName))];
    const common = [
        ...name,
        extension(10, vector(2, Buffer.concat(offered.map(uint16)))),
        extension(11, vector(1, Buffer.from([0]))),
        extension(13, vector(2, Buffer.concat(signatureAlgorithms.map(uint16)))),
    ];
    if (version !== TLS_1_3) return [...common, extension(0xff01, vector(1, Buffer.alloc(0)))];
    return [
        ...common,
        extension(43, vector(1, uint16(version))),
        extension(45, vector(1, Buffer.from([1]))),
        extension(51, vector(2, Buffer.alloc(0))),
    ];
}

function serverNameList(name: string): Buffer {
    return vector(2, Buffer.concat([Buffer.from([0]), vector(2, Buffer.from(name, "ascii"))]));
}

function extension(type: number, content: Buffer): Buffer {
    return Buffer.concat([uint16(type), vector(2, content)]);
}

function uint16(value: number): Buffer {
    return Buffer.from([value >> 8, value & 0xff]);
}

function vector(lengthBytes: number, content: Buffer): Buffer {
    const length = Buffer.alloc(lengthBytes);
    length.writeUIntBE(content.length, 0, lengthBytes);
    return Buffer.concat([length, content]);
}

/**
 * Reads the first record of an answer. Undefined while it is not complete.
 *
 * @throws RangeError if a record that calls itself a ServerHello ends too early
 */
export function parseReply(bytes: Buffer): HelloReply | undefined {
    if (bytes.length === 0) return undefined;
    const type = bytes.readUInt8(0);
    if (type !== 21 && type !== 22) return { kind: "foreign", start: printable(bytes) };
    if (bytes.length < 5) return undefined;
    const end = 5 + bytes.readUInt16BE(3);
    if (bytes.length < end) return undefined;
    const content = bytes.subarray(5, end);
    if (type === 21) return { kind: "alert", description: content.readUInt8(1) };
    if (content.readUInt8(0) !== 2) return { kind: "foreign", start: printable(bytes) };
    return parseServerHello(content.subarray(4));
}

function parseServerHello(hello: Buffer): HelloReply {
    const legacyVersion = hello.readUInt16BE(0);
    const afterSession = 35 + hello.readUInt8(34);
    const found = readExtensions(hello.subarray(afterSession + 3));
    const group = found.get(51);
    return {
        kind: "hello",
        version: found.get(43)?.readUInt16BE(0) ?? legacyVersion,
        cipherSuite: hello.readUInt16BE(afterSession),
        ...(group ? { group: group.readUInt16BE(0) } : {}),
    };
}

function readExtensions(block: Buffer): Map<number, Buffer> {
    const found = new Map<number, Buffer>();
    // SSL 3.0 has no extensions at all.
    const end = block.length < 2 ? 0 : 2 + block.readUInt16BE(0);
    let at = 2;
    while (at + 4 <= end) {
        const length = block.readUInt16BE(at + 2);
        found.set(block.readUInt16BE(at), block.subarray(at + 4, at + 4 + length));
        at += 4 + length;
    }
    return found;
}

function printable(bytes: Buffer): string {
    return bytes
        .subarray(0, 40)
        .toString("latin1")
        .replace(/[^ -~]+/g, ".");
}
