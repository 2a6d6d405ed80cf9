import { randomInt } from "node:crypto";
import { flag, integer, integerOf, text, textOf, texts } from "../inputs";
import type { Inputs, LogicalKind } from "../logical";
import type { Failure } from "../resource";

/**
 * `bcryptHash` is not given, and a warning says so. `number`, the deprecated name of `numeric`, is refused as
 * an input and given as an output.
 *
 * @see https://www.pulumi.com/registry/packages/random/api-docs/randompassword/
 */
export const randomPasswordKind: LogicalKind = {
    inputs: {
        keepers: { check: texts },
        length: { check: integer(1), required: true },
        lower: { check: flag, default: true },
        minLower: { check: integer(0), default: 0 },
        minNumeric: { check: integer(0), default: 0 },
        minSpecial: { check: integer(0), default: 0 },
        minUpper: { check: integer(0), default: 0 },
        numeric: { check: flag, default: true },
        overrideSpecial: { check: text },
        special: { check: flag, default: true },
        upper: { check: flag, default: true },
    },
    outputs: { number: "plain", result: "secret" },
    missing:
        "bcryptHash: Node has no bcrypt; hash the result where it is used, or take the official plugin",
    validate: (inputs) => [...enoughLength(inputs), ...someCharacters(inputs)],
    make: (inputs) =>
        Promise.resolve({
            id: "none",
            outputs: { number: inputs["numeric"] === true, result: password(inputs) },
        }),
    import: (id) => ({
        id: "none",
        inputs: { length: id.length },
        outputs: { number: true, result: id },
    }),
};

const ordinarySpecial = "!@#$%&*()-_=+[]{}<>:?";

interface CharacterSet {
    readonly characters: string;
    readonly allowed: boolean;
    readonly least: number;
}

function characterSets(inputs: Inputs): CharacterSet[] {
    const set = (name: string, least: string, characters: string): CharacterSet => ({
        characters,
        allowed: inputs[name] === true,
        least: integerOf(inputs, least),
    });
    return [
        set("upper", "minUpper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        set("lower", "minLower", "abcdefghijklmnopqrstuvwxyz"),
        set("numeric", "minNumeric", "0123456789"),
        set(
            "special",
            "minSpecial",
            textOf({ overrideSpecial: ordinarySpecial, ...inputs }, "overrideSpecial"),
        ),
    ];
}

function enoughLength(inputs: Inputs): Failure[] {
    const least = characterSets(inputs).reduce((sum, set) => sum + set.least, 0);
    const length = integerOf(inputs, "length");
    if (length >= least) return [];
    return [
        {
            property: "length",
            reason: `is ${length}; minUpper, minLower, minNumeric and minSpecial ask for ${least}`,
        },
    ];
}

function someCharacters(inputs: Inputs): Failure[] {
    if (characterSets(inputs).some(({ allowed }) => allowed)) return [];
    return [
        {
            property: "upper",
            reason: "is false, as are lower, numeric and special; one must be true",
        },
    ];
}

function password(inputs: Inputs): string {
    const sets = characterSets(inputs);
    const demanded = sets.flatMap(({ characters, least }) => draw(characters, least));
    const pool = sets.filter(({ allowed }) => allowed).map(({ characters }) => characters);
    const rest = draw(pool.join(""), integerOf(inputs, "length") - demanded.length);
    return shuffled([...demanded, ...rest]).join("");
}

function draw(characters: string, count: number): string[] {
    const letters = Array.from(characters);
    return Array.from({ length: count }, () => letters[randomInt(letters.length)] ?? "");
}

/** Fisher and Yates, so that what was demanded does not stand first. */
function shuffled(letters: readonly string[]): string[] {
    const result = [...letters];
    for (let last = result.length - 1; last > 0; last--) {
        const other = randomInt(last + 1);
        [result[last], result[other]] = [result[other] ?? "", result[last] ?? ""];
    }
    return result;
}
