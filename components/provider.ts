/// <reference lib="es2023" />
import { createRequire } from "node:module";

/**
 * What Node finds where it is told to look in this folder: the library, and in the process in which Pulumi runs the folder as a plugin,
 * the server that makes the components for programs in any language. Pulumi gives a plugin no other entry point than the folder.
 */
export * from "./index";

// Only there: a program of its own that imports this folder gets the library and nothing else.
const here = createRequire(__filename);
if (require.main?.filename === here.resolve("@pulumi/pulumi/cmd/run-plugin")) here("./host");
