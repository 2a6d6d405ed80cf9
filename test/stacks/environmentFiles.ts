import { join } from "node:path";
import type { RawConfig } from "../../stacks/config";
import type { LastUp } from "../../stacks/lastUp";
import type { Config } from "../../stacks/schema";
import { settingsFrom, type Settings } from "../../stacks/settings";
import { readSecretsProvider, readStackFile } from "../../stacks/stackFile";
import { kubeconfigOf, project } from "./raw";

export const folder = join(__dirname, "../..");
export const environments = ["lab", "dev", "staging", "prod"] as const;
export type Environment = (typeof environments)[number];
export const strict: readonly Environment[] = ["staging", "prod"];
export const imageKeys = "gateway api postgres redis reloader agentMesh tracer verifier".split(
    " ",
) as (keyof Config)[];

export const key = (name: string) => `${project}:${name}`;

/** A stack's file with some keys changed inside. */
export function fileOf(
    environment: Environment,
    changes: Readonly<Record<string, object>> = {},
): RawConfig {
    const { values, secretKeys } = readStackFile(environment);
    const changed = Object.entries(changes).map(([name, inside]) => {
        const before = JSON.parse(values[key(name)] ?? "{}") as object;
        return [key(name), JSON.stringify({ ...before, ...inside })] as const;
    });
    return { values: { ...values, ...Object.fromEntries(changed) }, secretKeys };
}

export const provider = (environment: Environment) => readSecretsProvider(folder, environment);

export const read = (environment: Environment, raw: RawConfig, last?: LastUp) =>
    settingsFrom({
        project,
        raw,
        env: { KUBECONFIG: kubeconfigOf(environment) },
        now: new Date("2026-11-24T10:00:00Z"),
        last,
        secretsProvider: provider(environment),
    });

const digest = `@sha256:${"5".repeat(64)}`;

/** What an operator writes once the images are pushed: simulated, these are the digests of no image. */
export function pinned(environment: Environment): Readonly<Record<string, object>> {
    const { values } = fileOf(environment);
    const image = (name: string) =>
        (JSON.parse(values[key(name)] ?? "{}") as { readonly image: string }).image;
    return Object.fromEntries(
        imageKeys.map((name) => [name, { image: `${image(name)}${digest}` }]),
    );
}

export function whole(settings: ReturnType<typeof read>): Settings {
    if ("errors" in settings) throw new Error(settings.errors.join("\n"));
    return settings;
}

export const errorsOf = (settings: ReturnType<typeof read>) =>
    "errors" in settings ? settings.errors : [];

/** As the environment can be: with digests where they are demanded. */
export const built = (environment: Environment, changes: Readonly<Record<string, object>> = {}) =>
    whole(
        read(
            environment,
            fileOf(environment, {
                ...(strict.includes(environment) ? pinned(environment) : {}),
                ...changes,
            }),
        ),
    );
