/// <reference lib="es2023" />
import { createRequire } from "node:module";

/**
 * What Node finds where it is told to look in this folder: the library, and in the process in which Pulumi runs the folder as a plugin,
 * the server that makes the components for programs in any language. Pulumi gives a plugin no other entry point than its folder.
 *
 * Pulumi compiles a plugin with the tsconfig.json of whatever folder its user runs in, or with none: hence the reference above.
 */
export * from "./index";

// Only there: a program that imports this folder gets the library and nothing else.
const here = createRequire(__filename);
if (require.main?.filename === here.resolve("@pulumi/pulumi/cmd/run-plugin")) here("./plugin/host");
