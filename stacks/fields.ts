import { z } from "zod";
import { isFixedImage } from "../components/kubernetes/image";
import { parseDay } from "../components/pki/generations";
import { parseGoDuration } from "../components/pki/goDuration";
import { isHostName } from "../components/tls/hostName";

type Fix = string | ((value: unknown) => string);

/** What an error says after the value: the range, and what to do. */
export const says = (allowed: string, fix: Fix) => ({
    error: ({ input }: { readonly input?: unknown }) =>
        `allowed ${allowed}; ${typeof fix === "string" ? fix : fix(input)}`,
});

/** A text that passes a test. */
export function text(allowed: string, fix: Fix, test: (value: string) => boolean) {
    const message = says(allowed, fix);
    return z.string(message).refine(test, message);
}

/** One of a few words. */
export function word<const Words extends Readonly<Record<string, string>>>(words: Words) {
    const values = Object.values(words);
    return z.enum(words, says(values.join(", "), "use one of them"));
}

/** A Go duration in whole hours, as a number of hours. */
export function hours(lowest: number, highest: number, allowed: string) {
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
export function level<Shape extends z.ZodRawShape>(shape: Shape) {
    const known = Object.keys(shape);
    return z.strictObject(shape, {
        error: ({ code }) =>
            code === "unrecognized_keys"
                ? unknownKey(known)
                : `allowed an object with ${known.join(", ")}; write it as one`,
    });
}

/** What is said of a value that is no list. */
export const list = (allowed: string, fix: string) => says(`a list of ${allowed}`, fix);

const dnsLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

export const namespace = text(
    "a lower-case DNS label of at most 63 characters",
    "use letters, digits and inner hyphens",
    (value) => dnsLabel.test(value),
);

export const identity = text(
    "an identity <service>.<namespace>.svc",
    "write for example verifier.llm-platform.svc",
    (value) => /^[a-z0-9-]+\.[a-z0-9-]+\.svc$/.test(value) && isHostName(value),
);

export const identities = z.array(identity, list("identities", "write [] or name them"));

export const image = text(
    "an image by digest, or by a tag other than latest",
    "add the tag or the digest that was tested, for example nginx:1.26",
    isFixedImage,
);

const replicaCount = says(
    "a whole number from 1 to 100",
    "use 2 or more to go on serving while one is replaced",
);

export const replicas = z
    .number(replicaCount)
    .int(replicaCount)
    .min(1, replicaCount)
    .max(100, replicaCount);

export const day = text(
    "a day YYYY-MM-DD",
    "write for example 2026-11-24",
    (value) => parseDay(value) !== undefined,
);

/** Certificates by name; what is in them is judged together with the requests. */
export const certificates = (kind: string) =>
    z.record(
        z.string(),
        z.string(says("a certificate in PEM", "copy the ceremony's file into it")),
        says(`an object of ${kind}s' certificates by name`, "write {}"),
    );

export const domain = text(
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

/** The volume of a store: its size, and its class where that is not the cluster's default. */
export const storage = level({
    size: text("a whole number of Mi, Gi or Ti", "write for example 10Gi", (value) =>
        /^[1-9][0-9]{0,5}[MGT]i$/.test(value),
    ),
    class: text(
        "the name of a storage class",
        "write one that `kubectl get storageclass` shows, or leave it out for the cluster's default",
        (value) => /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(value),
    ).optional(),
});

/** What a browser says about the page that opens a connection. @see RFC 6454, 6.2 */
export const origin = text(
    "an origin https://<host>, with :<port> where that is not 443",
    "write for example https://console.local.bluefly.io",
    (value) => isOrigin(value, "https:"),
);

/** Address by which tokens name who signed them. @see RFC 7519, 4.1.1 */
export const issuer = text(
    "an https address as it stands in the tokens",
    "write for example https://id.local.bluefly.io",
    (value) => /^https:\/\/[!-~]+$/.test(value) && URL.canParse(value),
);

/** Word by which tokens name whom they are for. @see RFC 7519, 4.1.3 */
export const audience = text(
    "1 to 255 printable characters without space or comma",
    "write what the tokens have, for example tracer",
    (value) => /^[!-+\--~]{1,255}$/.test(value),
);

function isOrigin(value: string, protocol: string): boolean {
    if (!URL.canParse(value)) return false;
    const url = new URL(value);
    return url.protocol === protocol && url.origin === value && isHostName(url.hostname);
}
