import * as pulumi from "@pulumi/pulumi";
import { changes } from "./changes";

const name = process.env.CHANGE ?? "";
const change = changes[name];
if (change === undefined) throw new Error(`CHANGE is ${JSON.stringify(name)}; it names none`);
pulumi.runtime.registerStackTransformation(change);

// The project's own program, after the change is in place.
export = require("../../../index") as unknown;
