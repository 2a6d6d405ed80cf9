import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ComponentProvider } from "@pulumi/pulumi/provider/experimental";
import { packageOptions } from "./packageComponents";

/** Where the generated schema lies. A test holds it to the sources. */
export const schemaFile = join(__dirname, "..", "schema.json");

/** The schema as Pulumi reads it out of the sources of the components. */
export const generateSchema = async (): Promise<string> => {
    const schema: unknown = JSON.parse(await new ComponentProvider(packageOptions).getSchema());
    return `${JSON.stringify(schema, undefined, 4)}\n`;
};

if (require.main === module)
    void generateSchema().then((schema) => {
        writeFileSync(schemaFile, schema);
    });
