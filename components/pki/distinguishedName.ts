import { derContent, derElements, derSequence, derTag, objectIdentifier } from "./der";

const labels: Readonly<Record<string, string>> = {
    "2.5.4.3": "CN",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
};

/** An attribute of a name: its label, or its object identifier where it has none, and its text. */
export interface NameAttribute {
    readonly type: string;
    readonly value: string;
}

/**
 * The attributes of a distinguished name in their order. How a text is encoded does not count.
 *
 * @param der the whole name
 * @throws an error, if it is none
 */
export function nameAttributes(der: Buffer): NameAttribute[] {
    const [name] = derElements(der);
    return derSequence(name).flatMap((set) =>
        derElements(derContent(set, derTag.set)).map((attribute) => {
            const [type, value] = derSequence(attribute);
            const oid = objectIdentifier(derContent(type, derTag.objectIdentifier));
            return { type: labels[oid] ?? oid, value: value?.content.toString("utf8") ?? "" };
        }),
    );
}

/** A name in one line, for example `O=local.bluefly.io, CN=workload-root-g1`. Names that differ give lines that differ. */
export const formatName = (attributes: readonly NameAttribute[]): string =>
    attributes.map(({ type, value }) => `${type}=${escaped(value)}`).join(", ");

/** What parts attributes, and what a terminal would not show but obey. */
const escaped = (value: string): string =>
    value.replace(/[\p{C}\p{Z}\\,=]/gu, (character) =>
        character === " " ? character : `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`,
    );

/** The common name, or undefined for a name that has none or several. */
export function commonNameOf(attributes: readonly NameAttribute[]): string | undefined {
    return only(attributes, "CN");
}

/** The organization, or undefined for a name that has none or several. */
export function organizationOf(attributes: readonly NameAttribute[]): string | undefined {
    return only(attributes, "O");
}

function only(attributes: readonly NameAttribute[], type: string): string | undefined {
    const found = attributes.filter((attribute) => attribute.type === type);
    return found.length === 1 ? found[0]?.value : undefined;
}
