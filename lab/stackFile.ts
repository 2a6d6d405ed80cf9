import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { projectRoot } from "./cache";
import { STACK } from "./environment";
import { writeAtomically } from "./host/files";

export const LAB_STACK_FILE = path.join(projectRoot, "stacks", `Pulumi.${STACK}.yaml`);

const DEFAULT_DOMAIN = "local.bluefly.io";
const SALT_LINE = /^encryptionsalt: (.*)\n/m;

/** The domain that the stack's hosts lie in. */
export function stackDomain(file = LAB_STACK_FILE): string {
    if (!existsSync(file)) return DEFAULT_DOMAIN;
    const content = parse(readFileSync(file, "utf8")) as {
        config?: Record<string, unknown>;
    } | null;
    const domain = content?.config?.["encryption-in-transit:domain"];
    return typeof domain === "string" ? domain : DEFAULT_DOMAIN;
}

/**
 * Pulumi keeps the salt of a passphrase in the stack's file, which is in git, while each lab has a passphrase of its own. So the lab puts
 * its own salt there before it deploys, remembers the one that Pulumi makes, and takes it out in the end.
 *
 * @param salt undefined takes it out
 */
export function setSalt(salt: string | undefined, file = LAB_STACK_FILE): void {
    if (!existsSync(file)) return;
    const text = readFileSync(file, "utf8");
    const without = text.replace(SALT_LINE, "");
    const wanted = salt === undefined ? without : `encryptionsalt: ${salt}\n${without}`;
    if (text !== wanted && readSalt(file) !== salt) writeFileSync(file, wanted);
}

export function readSalt(file = LAB_STACK_FILE): string | undefined {
    return existsSync(file) ? SALT_LINE.exec(readFileSync(file, "utf8"))?.[1] : undefined;
}

/** Puts back the salt that was remembered, or takes a stranger's out. */
export function restoreSalt(rememberedIn: string, file = LAB_STACK_FILE): void {
    setSalt(existsSync(rememberedIn) ? readFileSync(rememberedIn, "utf8").trim() : undefined, file);
}

export function rememberSalt(rememberedIn: string, file = LAB_STACK_FILE): void {
    const salt = readSalt(file);
    if (salt !== undefined) writeAtomically(rememberedIn, `${salt}\n`, 0o600);
}

/** Takes the lab's salt out of the file; another lab's stays, since that one is still up. */
export function removeOwnSalt(rememberedIn: string, file = LAB_STACK_FILE): void {
    const own = existsSync(rememberedIn) ? readFileSync(rememberedIn, "utf8").trim() : undefined;
    if (own !== undefined && readSalt(file) === own) setSalt(undefined, file);
}
