import * as pulumi from "@pulumi/pulumi";

/** What a schema says of a value. @see https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema */
export interface TypeSpec {
    readonly type?: string;
    readonly $ref?: string;
    /** Whether it must be known when the component is made: no output. */
    readonly plain?: boolean;
    readonly items?: TypeSpec;
    readonly additionalProperties?: TypeSpec;
    readonly secret?: boolean;
}

export interface ObjectSpec {
    readonly properties?: Readonly<Record<string, TypeSpec>>;
    readonly required?: readonly string[];
    readonly enum?: readonly { readonly value: unknown }[];
}

export interface ComponentSpec extends ObjectSpec {
    readonly inputProperties: Readonly<Record<string, TypeSpec>>;
    readonly requiredInputs: readonly string[];
}

export interface PackageSchema {
    readonly resources: Readonly<Record<string, ComponentSpec>>;
    readonly types: Readonly<Record<string, ObjectSpec>>;
}

/**
 * Checks what a program in another language asks for, as the compiler does for one in TypeScript.
 *
 * @param token of the component, `encryption-in-transit:index:Thing`
 * @throws an error that names the argument, its value and what is allowed
 */
export function checkInputs(token: string, inputs: unknown, schema: PackageSchema): void {
    const spec = schema.resources[token];
    if (spec === undefined) throw new Error(`[${token}] is no component of this package`);
    new Check(schema).object("", inputs, {
        properties: spec.inputProperties,
        required: spec.requiredInputs,
    });
}

const typesPrefix = "#/types/";

class Check {
    constructor(private readonly schema: PackageSchema) {}

    public object(path: string, given: unknown, spec: ObjectSpec): void {
        const value = record(path, given);
        const { properties = {}, required = [] } = spec;
        for (const key of required)
            if (value[key] === undefined) throw new Error(`[${at(path, key)}] is missing`);
        for (const [key, one] of Object.entries(value)) {
            const known = properties[key];
            if (known === undefined)
                throw new Error(
                    `[${at(path, key)}] is unknown; allowed ${Object.keys(properties).join(", ")}`,
                );
            if (one !== undefined) this.value(at(path, key), one, known);
        }
    }

    private value(path: string, value: unknown, spec: TypeSpec): void {
        if (pulumi.Output.isInstance(value)) {
            if (spec.plain !== true) return;
            throw new Error(
                `[${path}] is an output; allowed a value that the program itself knows, since what is rendered from it is judged in preview`,
            );
        }
        if (spec.$ref?.startsWith(typesPrefix)) this.reference(path, value, spec.$ref);
        else if (spec.type === "array") this.array(path, value, spec);
        else if (spec.type === "object") this.map(path, value, spec);
        else if (typeof value !== spec.type) throw wrong(path, value, `a ${String(spec.type)}`);
    }

    private reference(path: string, value: unknown, ref: string): void {
        const spec = this.schema.types[ref.slice(typesPrefix.length)];
        if (spec === undefined) throw new Error(`the package's schema has no ${ref}`);
        if (spec.enum === undefined) {
            this.object(path, value, spec);
            return;
        }
        const allowed = spec.enum.map((one) => one.value);
        if (!allowed.includes(value)) throw wrong(path, value, allowed.join(", "));
    }

    private array(path: string, value: unknown, { items = {} }: TypeSpec): void {
        if (!Array.isArray(value)) throw wrong(path, value, "a list");
        value.forEach((one: unknown, index) => {
            this.value(at(path, String(index)), one, items);
        });
    }

    private map(path: string, value: unknown, { additionalProperties = {} }: TypeSpec): void {
        for (const [key, one] of Object.entries(record(path, value)))
            this.value(at(path, key), one, additionalProperties);
    }
}

const at = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);

function record(path: string, value: unknown): Readonly<Record<string, unknown>> {
    if (typeof value === "object" && value !== null && !Array.isArray(value))
        return value as Readonly<Record<string, unknown>>;
    throw wrong(path, value, "an object");
}

const wrong = (path: string, value: unknown, allowed: string): Error =>
    new Error(`[${path}] is ${JSON.stringify(value)}; allowed ${allowed}`);
