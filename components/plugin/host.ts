import { readFileSync } from "node:fs";
import { componentProviderHost } from "@pulumi/pulumi/provider/experimental";
import { checkedComponent } from "./checkedComponent";
import { packageOptions } from "./packageComponents";
import type { PackageSchema } from "./packageInputs";
import { schemaFile } from "./packageSchema";

const schema = JSON.parse(readFileSync(schemaFile, "utf8")) as PackageSchema;

void componentProviderHost({
    ...packageOptions,
    components: packageOptions.components.map((component) => checkedComponent(component, schema)),
});
