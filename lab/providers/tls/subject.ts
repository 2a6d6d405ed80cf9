import { isIP } from "node:net";
import { Name, SubjectAlternativeNameExtension, type JsonGeneralName } from "@peculiar/x509";
import { listOf, objectOf, text } from "../inputs";
import type { Input, Inputs } from "../logical";
import type { Plain } from "../value";

/** Attributes of a distinguished name in the order in which the official plugin writes them. @see RFC 5280, 4.1.2.4 */
const attributes: readonly (readonly [name: string, oid: string])[] = [
    ["country", "2.5.4.6"],
    ["organization", "2.5.4.10"],
    ["organizationalUnit", "2.5.4.11"],
    ["locality", "2.5.4.7"],
    ["province", "2.5.4.8"],
    ["streetAddresses", "2.5.4.9"],
    ["postalCode", "2.5.4.17"],
    ["commonName", "2.5.4.3"],
    ["serialNumber", "2.5.4.5"],
    ["emailAddress", "1.2.840.113549.1.9.1"],
];

const address: Input["check"] = (value) =>
    typeof value === "string" && isIP(value) !== 0 ? undefined : "it is an IPv4 or IPv6 address";

const uri: Input["check"] = (value) =>
    typeof value === "string" && URL.canParse(value) ? undefined : "it is a URI with a scheme";

/** Inputs that say whom a certificate or a request is about. */
export const subjectInputs: Readonly<Record<string, Input>> = {
    dnsNames: { check: listOf(text) },
    ipAddresses: { check: listOf(address) },
    subject: {
        check: objectOf({
            ...Object.fromEntries(attributes.map(([name]) => [name, text])),
            streetAddresses: listOf(text),
        }),
    },
    uris: { check: listOf(uri) },
};

export function subjectName({ subject }: Inputs): Name {
    const given = (subject ?? {}) as Readonly<Record<string, Plain>>;
    return new Name(
        attributes.flatMap(([name, oid]) => {
            const values = [given[name] ?? []].flat() as string[];
            if (values.length === 0) return [];
            return [{ [oid]: values.map((value) => characterString(name, value)) }];
        }),
    );
}

function characterString(name: string, value: string): Record<string, string> {
    if (name === "emailAddress") return { ia5String: value };
    return /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value)
        ? { printableString: value }
        : { utf8String: value };
}

export function alternativeNames({ dnsNames, ipAddresses, uris }: Inputs): JsonGeneralName[] {
    const of = (type: JsonGeneralName["type"], values: Plain | undefined): JsonGeneralName[] =>
        ((values ?? []) as string[]).map((value) => ({ type, value }));
    return [...of("dns", dnsNames), ...of("ip", ipAddresses), ...of("url", uris)];
}

/** The extension, if there is a name for it; critical where nothing else names the subject. @see RFC 5280, 4.2.1.6 */
export function alternativeNameExtension(
    name: Name,
    names: JsonGeneralName[],
): SubjectAlternativeNameExtension[] {
    if (names.length === 0) return [];
    return [new SubjectAlternativeNameExtension(names, name.toString() === "")];
}
