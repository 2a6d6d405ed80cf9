import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Command, Option } from "commander";
import { readMaterial } from "./cluster";
import { messageOf } from "./errors";
import { exitCodeOf, makeEvidence } from "./evidence";
import { openCluster } from "./kubernetes";
import { pathBy } from "./path";
import { verify } from "./run";
import { readStack } from "./stack";
import { renderTable } from "./table";

interface Options {
    readonly stack: string;
    readonly cwd: string;
    readonly connect: string[];
    readonly evidence: string;
    readonly scanners: "on" | "off";
}

const command = new Command("transit-verify")
    .description(
        "Attacks a stack from outside and from inside its cluster, and writes what it saw.",
    )
    .requiredOption("--stack <name>", "the Pulumi stack")
    .option("--cwd <folder>", "folder of the Pulumi project", ".")
    .option(
        "--connect <HOST:PORT=ADDR:PORT>",
        "dial ADDR:PORT for HOST:PORT; may be repeated",
        (option: string, before: string[]) => [...before, option],
        [],
    )
    .option("--evidence <file>", "where the evidence goes", "evidence/verify.json")
    .addOption(
        new Option("--scanners <on|off>", "run sslyze and testssl.sh")
            .choices(["on", "off"])
            .default("on"),
    )
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

async function main({ stack, cwd, connect, evidence, scanners }: Options): Promise<number> {
    const time = new Date();
    const pathOf = pathBy(connect);
    const outputs = await readStack(stack, cwd);
    const cluster = openCluster();
    const material = await readMaterial(cluster, outputs);
    const withScanners = scanners === "on";
    const results = await verify({ outputs, material, cluster, pathOf, withScanners });
    const { profile } = outputs;
    mkdirSync(dirname(evidence), { recursive: true });
    writeFileSync(
        evidence,
        `${JSON.stringify(makeEvidence({ stack, profile, time, results }), null, 2)}\n`,
    );
    process.stdout.write(`${renderTable(results)}evidence: ${evidence}\n`);
    return exitCodeOf(results);
}

main(command.parse().opts<Options>()).then(
    (exitCode) => {
        process.exitCode = exitCode;
    },
    (error: unknown) => {
        process.stderr.write(`verify: ${messageOf(error)}\n`);
        process.exitCode = 2;
    },
);
