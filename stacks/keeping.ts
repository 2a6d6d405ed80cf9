import { RootMode } from "../components/pki/hierarchy";
import type { Config } from "./schema";
import { shown, wrong } from "./shown";

/** Environments whose root, state and images are kept as what they protect deserves. */
const strict: readonly (string | undefined)[] = ["staging", "prod"];

/** A managed root lies in the state, with everyone who can decrypt it. */
export function rootModeErrors({ environment, pki }: Partial<Config>): string[] {
    if (pki?.rootMode !== RootMode.Managed) return [];
    if (strict.includes(environment))
        return [
            wrong(
                "pki.rootMode",
                '"managed"',
                "managed in environments lab and dev alone, since it keeps the root's key in the state",
                'write "offline", and make the roots by `npm run ceremony`',
            ),
        ];
    return (["roots", "certificates"] as const)
        .filter((key) => Object.keys(pki[key]).length > 0)
        .map((key) =>
            wrong(
                `pki.${key}`,
                "set",
                "not set where pki.rootMode is managed: such roots are made here",
                'remove it, or write rootMode "offline"',
            ),
        );
}

/** A tag can be moved to what nobody has tested; a digest is the image. */
export function digestErrors(config: Partial<Config>): string[] {
    const { environment } = config;
    if (!strict.includes(environment)) return [];
    return Object.entries(config).flatMap(([key, value]) => {
        if (typeof value !== "object" || !("image" in value)) return [];
        const { image } = value;
        if (/@sha256:[0-9a-f]{64}$/.test(image)) return [];
        return [
            wrong(
                `${key}.image`,
                shown(image),
                `an image by digest in ${String(environment)}`,
                `push it, and write ${image}@sha256:... with the digest that \`docker buildx imagetools inspect ${image}\` shows`,
            ),
        ];
    });
}

/** A passphrase is as good as the place where people keep it, and nobody sees who used it. */
export function secretsProviderErrors(
    environment: string | undefined,
    provider: string | undefined,
): string[] {
    if (!strict.includes(environment) || (provider !== undefined && provider !== "passphrase"))
        return [];
    return [
        wrong(
            "secretsprovider",
            provider === undefined ? "not known, since the stack has no file" : `"${provider}"`,
            `a key service in ${String(environment)}: awskms, azurekeyvault, gcpkms, hashivault, or Pulumi Cloud's own`,
            "run `pulumi stack change-secrets-provider` with one",
        ),
    ];
}
