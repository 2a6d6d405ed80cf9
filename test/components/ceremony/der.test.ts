import * as fc from "fast-check";
import {
    bitString,
    integer,
    objectId,
    octetString,
    sequence,
    text,
    time,
} from "../../../ceremony/derWriter";
import {
    derContent,
    derElements,
    derSequence,
    derTag,
    objectIdentifier,
} from "../../../components/pki/der";

const hex = (der: Buffer): string => der.toString("hex");

describe("is written as X.690 has it", () => {
    it.each<[string, Buffer, string]>([
        ["zero", integer(0), "020100"],
        ["127", integer(127), "02017f"],
        ["128, which a bit makes positive", integer(128), "02020080"],
        ["a million", integer(1_000_000), "02030f4240"],
        ["an integer of 64 bits", integer(0x8000000000000000n), "0209008000000000000000"],
        ["an identifier", objectId("2.5.29.19"), "0603551d13"],
        [
            "an identifier with long arcs",
            objectId("1.2.840.113549.1.5.13"),
            "06092a864886f70d01050d",
        ],
        ["flags", bitString(Buffer.from([0x06]), 1), "03020106"],
        ["a printable text", text("ab.c"), "130461622e63"],
        ["another text", text("ø"), "0c02c3b8"],
        [
            "the last second of two digits",
            time(new Date("2049-12-31T23:59:59Z")),
            hexTime(0x17, "491231235959Z"),
        ],
        [
            "the first of four",
            time(new Date("2050-01-01T00:00:00Z")),
            hexTime(0x18, "20500101000000Z"),
        ],
    ])("%s", (_, written, expected) => {
        expect(hex(written)).toBe(expected);
    });

    it.each([
        [127, "047f"],
        [128, "048180"],
        [255, "0481ff"],
        [256, "04820100"],
        [65_536, "0483010000"],
    ])("a length of %d", (length, beginning) => {
        const written = octetString(Buffer.alloc(length));
        expect(hex(written).slice(0, beginning.length)).toBe(beginning);
        expect(written).toHaveLength(beginning.length / 2 + length);
    });
});

it("is read as it was written", () => {
    const bytes = fc.uint8Array({ maxLength: 400 });
    fc.assert(
        fc.property(fc.array(bytes, { maxLength: 5 }), (contents) => {
            const written = sequence(...contents.map((each) => octetString(Buffer.from(each))));
            const read = derSequence(derElements(written)[0]);
            expect(read.map(({ content }) => hex(content))).toEqual(
                contents.map((each) => hex(Buffer.from(each))),
            );
        }),
    );
});

it("an identifier is read as it was written", () => {
    const arc = fc.integer({ min: 0, max: 2 ** 31 });
    const first = fc.constantFrom("0.9", "1.2", "1.39", "2.5", "2.999");
    fc.assert(
        fc.property(first, fc.array(arc, { maxLength: 8 }), (head, arcs) => {
            const dotted = [head, ...arcs].join(".");
            const [read] = derElements(objectId(dotted));
            expect(objectIdentifier(derContent(read, derTag.objectIdentifier))).toBe(dotted);
        }),
    );
});

describe("is refused", () => {
    it("wherever it is cut", () => {
        const whole = sequence(integer(5), octetString(Buffer.alloc(300)));
        expect(derElements(whole)).toHaveLength(1);
        for (let length = 1; length < whole.length; length++)
            expect(() => derElements(whole.subarray(0, length))).toThrow("DER is cut short");
    });

    it.each([
        ["of indefinite length", "3080020105", "DER has a length of 0 bytes"],
        ["with a length of five bytes", "30850000000001", "DER has a length of 5 bytes"],
        ["with a tag of several bytes", "1f810100", "DER has a tag of several bytes"],
    ])("%s", (_, der, message) => {
        expect(() => derElements(Buffer.from(der, "hex"))).toThrow(message);
    });

    it("where something else belongs", () => {
        const [element] = derElements(integer(5));
        expect(derContent(element, derTag.integer)).toEqual(Buffer.from([5]));
        expect(() => derContent(element, derTag.sequence)).toThrow("DER has 2 where 48 belongs");
        expect(() => derContent(undefined, derTag.sequence)).toThrow(
            "DER has nothing where 48 belongs",
        );
    });

    it("as random bytes, by an error and nothing worse", () => {
        fc.assert(
            fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
                try {
                    const read = derElements(Buffer.from(bytes));
                    expect(read.reduce((sum, { whole }) => sum + whole.length, 0)).toBe(
                        bytes.length,
                    );
                } catch (error) {
                    expect((error as Error).message).toMatch(/^DER /);
                }
            }),
        );
    });
});

function hexTime(tag: number, digits: string): string {
    return hex(Buffer.concat([Buffer.from([tag, digits.length]), Buffer.from(digits)]));
}
