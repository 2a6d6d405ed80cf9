import { z } from "zod";
import { isFixedImage } from "../components/kubernetes/image";
import { parseDay } from "../components/pki/generations";
import { parseGoDuration } from "../components/pki/goDuration";
import { leafLifetimeLimitHours } from "../components/pki/renewal";
import { isHostName } from "../components/tls/hostName";
import { KeyAlgorithm, TlsProfileName } from "../components/tls/profile";

type Fix = string | ((value: unknown) => string);

/** What an error says after the value: the range, and what to do. */
const says = (allowed: string, fix: Fix) => ({
    error: ({ input }: { readonly input?: unknown }) =>
        `allowed ${allowed}; ${typeof fix === "string" ? fix : fix(input)}`,
});

/** A text that passes a test. */
function text(allowed: string, fix: Fix, test: (value: string) => boolean) {
    const message = says(allowed, fix);
    return z.string(message).refine(test, message);
}

/** One of a few words. */
function word<const Words extends Readonly<Record<string, string>>>(words: Words) {
    const values = Object.values(words);
    return z.enum(words, says(values.join(", "), "use one of them"));
}

/** A Go duration in whole hours, as a number of hours. */
function hours(lowest: number, highest: number, allowed: string) {
    const inRange = (value: number | undefined) =>
        value !== undefined && Number.isInteger(value) && value >= lowest && value <= highest;
    const message = says(`${allowed}, in whole hours, as a Go duration`, (value) => {
        const days = /^(\d+)d$/.exec(typeof value === "string" ? value : "")?.[1];
        const wanted = Number(days) * 24;
        return inRange(wanted)
            ? `write "${wanted}h": Go has no unit for days`
            : `write for example "${highest}h"`;
    });
    return z
        .string(message)
        .refine((value) => inRange(parseGoDuration(value)), message)
        .transform((value) => parseGoDuration(value) ?? Number.NaN);
}

/** What is said of a key that is not one, which would otherwise be a setting that is silently not made. */
export const unknownKey = (known: readonly string[]): string =>
    `allowed keys here are ${known.join(", ")}; correct its name or remove it`;

/** An object that refuses keys which it does not know. */
function level<Shape extends z.ZodRawShape>(shape: Shape) {
    const known = Object.keys(shape);
    return z.strictObject(shape, {
        error: ({ code }) =>
            code === "unrecognized_keys"
                ? unknownKey(known)
                : `allowed an object with ${known.join(", ")}; write it as one`,
    });
}

const dnsLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const namespace = text(
    "a lower-case DNS label of at most 63 characters",
    "use letters, digits and inner hyphens",
    (value) => dnsLabel.test(value),
);

const identity = text(
    "an identity <service>.<namespace>.svc",
    "write for example verifier.llm-platform.svc",
    (value) => /^[a-z0-9-]+\.[a-z0-9-]+\.svc$/.test(value) && isHostName(value),
);

const image = text(
    "an image by digest, or by a tag other than latest",
    "add the tag or the digest that was tested, for example nginx:1.26",
    isFixedImage,
);

const replicaCount = says(
    "a whole number from 1 to 100",
    "use 2 or more to go on serving while one is replaced",
);

const replicas = z
    .number(replicaCount)
    .int(replicaCount)
    .min(1, replicaCount)
    .max(100, replicaCount);

const day = text(
    "a day YYYY-MM-DD",
    "write for example 2026-11-24",
    (value) => parseDay(value) !== undefined,
);

const domain = text(
    "a lower-case DNS name of two labels or more, without scheme, port, path, wildcard or trailing dot",
    suggestedDomain,
    isHostName,
);

function suggestedDomain(value: unknown): string {
    const bare = String(value)
        .toLowerCase()
        .replace(/^[a-z][a-z0-9+.-]*:\/\//, "")
        .replace(/[:/].*$/, "")
        .replace(/\.$/, "");
    return `write ${isHostName(bare) ? bare : "for example local.bluefly.io"}`;
}

const list = (allowed: string, fix: string) => says(`a list of ${allowed}`, fix);

/** Everything that an environment can set, by key. */
export const configSchema = {
    environment: word({ lab: "lab", dev: "dev", staging: "staging", prod: "prod" }),
    cluster: text(
        "the name of the cluster of KUBECONFIG's current context",
        "write the name that `kubectl config view --minify` shows",
        (value) => value !== "",
    ),
    domain,
    namespace,
    profile: word(TlsProfileName),
    acceptedGaps: z
        .array(z.string(list("names of gaps", "write texts")), list("names of gaps", "write []"))
        .default([]),
    certManagerNamespace: namespace.default("cert-manager"),
    pki: level({
        rootMode: word({ managed: "managed" }),
        epoch: day,
        asOf: day.optional(),
    }),
    leaf: level({
        lifetime: hours(2, leafLifetimeLimitHours, `2h to ${leafLifetimeLimitHours}h (90 days)`),
        renewBefore: hours(1, leafLifetimeLimitHours - 1, "1h to less than leaf.lifetime"),
        algorithm: word(KeyAlgorithm),
    }),
    gateway: level({ image, replicas }),
    api: level({
        image,
        replicas,
        clients: z.array(identity, list("identities", "write [] or name them")),
    }),
    verifier: level({ image }),
    monitoring: level({ identity }),
    tenants: z.array(level({ namespace }), list("objects with namespace", "write []")).default([]),
};

/** A configuration in which each key by itself is right. */
export type Config = {
    readonly [Key in keyof typeof configSchema]: z.output<(typeof configSchema)[Key]>;
};
