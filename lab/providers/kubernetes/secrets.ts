import {
    Secret,
    isList,
    isObject,
    unknown,
    withoutSecrets,
    type Properties,
    type Value,
} from "../value";

/** Marks secret in what came back whatever was secret in what went in, at the same place. */
export function markLike(output: Value, input: Value | undefined): Value {
    if (input instanceof Secret) return secret(output);
    if (input === undefined || output instanceof Secret) return output;
    if (isObject(input)) return isObject(output) ? markMap(output, input) : output;
    if (!isList(input) || !isList(output)) return output;
    // Where the server has added or dropped an item, the places no longer tell which one the secret was.
    if (input.length !== output.length) return holdsSecret(input) ? secret(output) : output;
    return output.map((item, index) => markLike(item, input[index]));
}

function markMap(output: Properties, input: Properties): Properties {
    return Object.fromEntries(
        Object.entries(output).map(([name, value]) => [name, markLike(value, input[name])]),
    );
}

function holdsSecret(value: Value): boolean {
    if (value instanceof Secret) return true;
    if (isList(value)) return value.some(holdsSecret);
    return isObject(value) && Object.values(value).some(holdsSecret);
}

/** kubectl's own copy of an object: of a Secret, its values in clear. */
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/** Marks what is secret in any Secret, however it was written: its values, and kubectl's copy of them. */
export function markSecretKind(object: Properties): Properties {
    if (object["kind"] !== "Secret" || object["apiVersion"] !== "v1") return object;
    const { data, stringData, metadata } = object;
    return {
        ...object,
        ...(data === undefined ? {} : { data: secret(data) }),
        ...(stringData === undefined ? {} : { stringData: secret(stringData) }),
        ...(metadata === undefined ? {} : { metadata: markLastApplied(metadata) }),
    };
}

function markLastApplied(metadata: Value): Value {
    const annotations = isObject(metadata) ? metadata["annotations"] : undefined;
    if (!isObject(metadata) || annotations === undefined || !isObject(annotations)) return metadata;
    const copy = annotations[lastApplied];
    if (copy === undefined) return metadata;
    return { ...metadata, annotations: { ...annotations, [lastApplied]: secret(copy) } };
}

function secret(value: Value): Value {
    if (value instanceof Secret || value === unknown || value === null) return value;
    return new Secret(withoutSecrets(value));
}

/** Takes the secrets of the inputs out of a text, as they stand there or in base64: an API server may repeat what it refuses. */
export function redact(text: string, inputs: Properties): string {
    const words = secretWords(inputs).flatMap((word) => [
        word,
        Buffer.from(word).toString("base64"),
        JSON.stringify(word).slice(1, -1),
    ]);
    return words
        .sort((left, right) => right.length - left.length)
        .reduce((clean, word) => clean.replaceAll(word, "<secret>"), text);
}

/** Shorter ones would blacken half the text, and hide nothing. */
const shortestWord = 4;

function secretWords(value: Value, isSecret = false): string[] {
    if (value instanceof Secret) return secretWords(value.value, true);
    if (isList(value)) return value.flatMap((item) => secretWords(item, isSecret));
    if (isObject(value)) {
        return Object.values(value).flatMap((item) => secretWords(item, isSecret));
    }
    return isSecret && typeof value === "string" && value.length >= shortestWord ? [value] : [];
}
