import { runCheck } from "../../verify/check";
import { olderVersionsRefused } from "../../verify/checks/versions";
import { encodeClientHello, parseReply } from "../../verify/clientHello";
import type { Hop } from "../../verify/hop";
import { startParrot } from "./servers";

const random = Array.from({ length: 32 }, () => 7);

/** A ServerHello in a record: legacy version, random, no session, suite, no compression, what follows. */
function serverHello(version: number, suite: number, extensions: readonly number[] = []): number[] {
    const body = [3, version, ...random, 0, suite >> 8, suite & 255, 0, ...extensions];
    return [22, 3, version, 0, body.length + 4, 2, 0, 0, body.length, ...body];
}

const supportedVersion13 = [0, 43, 0, 2, 3, 4];
const retryWithX25519 = [0, 51, 0, 2, 0, 29];
const keyShareOfP256 = [0, 51, 0, 6, 0, 23, 0, 2, 9, 9];

describe("an answer to a hello", () => {
    it.each([
        ["an alert", [21, 3, 3, 0, 2, 2, 70], { kind: "alert", description: 70 }],
        ["SSL 3.0", serverHello(0, 0x2f), { kind: "hello", version: 0x0300, cipherSuite: 0x2f }],
        [
            "TLS 1.2",
            serverHello(3, 0xc02b),
            { kind: "hello", version: 0x0303, cipherSuite: 0xc02b },
        ],
        [
            "a HelloRetryRequest",
            serverHello(3, 0x1301, [0, 12, ...supportedVersion13, ...retryWithX25519]),
            { kind: "hello", version: 0x0304, cipherSuite: 0x1301, group: 29 },
        ],
        [
            "a ServerHello of TLS 1.3",
            serverHello(3, 0x1302, [0, 16, ...keyShareOfP256, ...supportedVersion13]),
            { kind: "hello", version: 0x0304, cipherSuite: 0x1302, group: 23 },
        ],
        [
            "HTTP",
            [...Buffer.from("HTTP/1.1 400 Bad\r\n")],
            { kind: "foreign", start: "HTTP/1.1 400 Bad." },
        ],
    ])("%s", (_, bytes, reply) => {
        expect(parseReply(Buffer.from(bytes))).toEqual(reply);
    });

    it("is waited for while it is not complete", () => {
        const bytes = Buffer.from(serverHello(3, 0xc02b));
        for (let length = 0; length < bytes.length; length++) {
            expect(parseReply(bytes.subarray(0, length))).toBeUndefined();
        }
    });

    it("is an error where a ServerHello ends too early", () => {
        expect(() => parseReply(Buffer.from([22, 3, 3, 0, 6, 2, 0, 0, 2, 3, 3]))).toThrow(
            /out of range/,
        );
    });
});

describe("a hello", () => {
    it("holds its own length three times, the version and the suites", () => {
        const hello = encodeClientHello({ version: 0x0301, cipherSuites: [0x002f, 0x0035] });
        expect(hello.subarray(0, 3)).toEqual(Buffer.from([22, 3, 1]));
        expect(hello.readUInt16BE(3)).toBe(hello.length - 5);
        expect(hello.readUIntBE(6, 3)).toBe(hello.length - 9);
        expect(hello.subarray(9, 11)).toEqual(Buffer.from([3, 1]));
        expect(hello.subarray(43, 50)).toEqual(Buffer.from([0, 0, 4, 0, 0x2f, 0, 0x35]));
    });
});

describe("a server that cannot be had from a library", () => {
    const ssl30 = olderVersionsRefused[0];

    async function look(bytes: readonly number[]) {
        const parrot = await startParrot(bytes);
        const hop = { name: "old", host: "old.test", address: parrot.address } as Hop;
        if (!ssl30) throw new Error("no check for SSL 3.0");
        const { outcome, seen } = await runCheck(hop, ssl30);
        await parrot.close();
        return { outcome, seen };
    }

    it("fails where it speaks SSL 3.0", async () => {
        const seen = "accepted, as SSL 3.0";
        expect(await look(serverHello(0, 0x2f))).toEqual({ outcome: "fail", seen });
    });

    it("passes where it refuses SSL 3.0 with an alert", async () => {
        const seen = "alert 40 handshake_failure";
        expect(await look([21, 3, 0, 0, 2, 2, 40])).toEqual({ outcome: "pass", seen });
    });

    it.each([
        ["closes without a word", [], "closed without an alert"],
        ["gives another reason", [21, 3, 0, 0, 2, 2, 80], "alert 80 internal_error"],
        ["does not speak TLS", [...Buffer.from("220 ready\r\n")], "not TLS: 220 ready."],
    ])("is not judged where it %s", async (_, bytes, what) => {
        expect(await look(bytes)).toEqual({
            outcome: "unknown",
            seen: `could not look: ${what}, which does not say whether the version was the reason`,
        });
    });
});
