import * as pulumi from "@pulumi/pulumi";
import program = require("../../../index");
import { changes } from "./changes";

const name = process.env.CHANGE ?? "";
const change = changes[name];
if (change === undefined) throw new Error(`CHANGE is ${JSON.stringify(name)}; it names none`);
pulumi.runtime.registerStackTransformation(change);

// The project's own program, which makes nothing before the engine calls it.
export = program;
