import { certificatesOf, type CertificateFields, type Field } from "../facts/certificate";
import { hours, minutes, parseGoDuration } from "../facts/goDuration";
import { isObject } from "../kubernetesObject";
import { shownIf } from "../redact";
import type { Check, Rule, RuleContext, Violation } from "../rule";
import { tryRead, UnknownValue } from "../unknownValue";

/** What cert-manager takes where `duration` is absent. */
const defaultHours = 2160;

/** Least that cert-manager takes as `renewBefore`. */
const leastRenewBeforeMinutes = 5;

type Judge = (
    certificate: CertificateFields,
    context: RuleContext,
    partial: boolean,
) => Violation[];

const lifetime: Judge = ({ duration, isCa }, { option }, partial) => {
    const given = duration.read();
    if (given === undefined && partial) return [];
    const most = option(isTrue(isCa) ? "maximumCaLifetimeHours" : "maximumLifetimeHours");
    const wanted = `a Go duration from 1h to ${most}h`;
    const value = given === undefined ? hours(defaultHours) : durationOf(given);
    if (value !== undefined && value >= hours(1) && value <= hours(most)) return [];
    const got =
        given === undefined
            ? `no duration, which means ${defaultHours}h`
            : `${shown("duration", given)}${value === undefined ? ", which is no Go duration" : ""}`;
    return [{ at: duration.at, got, wanted }];
};

/** With a lifetime of at most 90 days, and a renewal before its end, the certificate rotates in under 90 days. */
const renewBefore: Judge = ({ duration, renewBefore: field }) => {
    const given = field.read();
    if (given === undefined) return [];
    const value = durationOf(given);
    const whole = wholeLifetime(duration);
    const wanted = `a Go duration of at least ${leastRenewBeforeMinutes}m and less than the duration`;
    const inTime =
        value !== undefined &&
        value >= minutes(leastRenewBeforeMinutes) &&
        (whole === undefined || value < whole);
    return inTime ? [] : [{ at: field.at, got: shown("renewBefore", given), wanted }];
};

/** Nothing where the duration is unknown or none: that is reported by itself. */
function wholeLifetime(duration: Field): bigint | undefined {
    const given = tryRead(duration.read);
    if (given instanceof UnknownValue) return undefined;
    return given === undefined ? hours(defaultHours) : durationOf(given);
}

const renewBeforePercentage: Judge = ({ renewBeforePercentage: field, renewBefore: other }) => {
    const given = field.read();
    if (given === undefined) return [];
    const whole = typeof given === "number" && Number.isInteger(given);
    const got = shown("renewBeforePercentage", given);
    if (!whole || given < 1 || given > 99) {
        return [{ at: field.at, got, wanted: "a whole number from 1 to 99" }];
    }
    if (other.read() === undefined) return [];
    return [{ at: field.at, got: `${got} beside renewBefore`, wanted: "one of the two" }];
};

/** The default is Always from cert-manager 1.18 on and Never before. */
const rotationPolicy: Judge = ({ rotationPolicy: field, isCa }, _context, partial) => {
    const given = field.read();
    if (given === undefined && partial) return [];
    const wanted = isTrue(isCa) ? "Never" : "Always";
    if (given === wanted) return [];
    const got =
        given === undefined
            ? "no rotationPolicy, which means Always or Never by cert-manager's version"
            : shown("rotationPolicy", given);
    const reason = isTrue(isCa) ? ": a CA's key outlives its certificate" : "";
    return [{ at: field.at, got, wanted: `rotationPolicy ${wanted}${reason}` }];
};

/** A renewal by any other policy, or only in windows that may never come, is one that may not happen. */
const renewal: Judge = ({ renewal: field }) => {
    const given = field.read();
    if (given === undefined) return [];
    const wanted = "no renewal, or renewal.policy RenewBefore without windows";
    const policy = isObject(given) ? given.policy : undefined;
    if (policy !== "RenewBefore") {
        const got =
            policy === undefined ? "renewal without a policy" : shown("renewal.policy", policy);
        return [{ at: field.at, got, wanted }];
    }
    const windows = isObject(given) ? (given.windows ?? undefined) : undefined;
    if (windows === undefined || (Array.isArray(windows) && windows.length === 0)) return [];
    return [{ at: `${field.at}.windows`, got: "renewal only in windows", wanted }];
};

const caFlag: Judge = ({ isCa }) => {
    const given = isCa.read();
    if (given === undefined || typeof given === "boolean") return [];
    return [{ at: isCa.at, got: shown("isCA", given), wanted: "isCA true or false" }];
};

const isTrue = (field: Field): boolean => field.read() === true;

const durationOf = (value: unknown): bigint | undefined =>
    typeof value === "string" ? parseGoDuration(value) : undefined;

/** Durations, with units that Go does not have too, policies and booleans. */
const honest =
    /^([-+.\dnu\u00b5msdhwy ]{0,30}|always|never|disabled|renewbefore|true|false|yes|no)$/i;

function shown(name: string, value: unknown): string {
    if (typeof value === "string") return `${name} ${shownIf((text) => honest.test(text), value)}`;
    const simple = typeof value === "number" || typeof value === "boolean";
    return `${name} ${simple ? String(value) : "that is no string"}`;
}

const judges: readonly Judge[] = [
    caFlag,
    lifetime,
    renewBefore,
    renewBeforePercentage,
    rotationPolicy,
    renewal,
];

const checkWith =
    (judge: Judge): Check =>
    (subject, context) =>
        certificatesOf(subject).flatMap((fields) => judge(fields, context, subject.partial));

export const certificateRequireRotation: Rule = {
    name: "certificate-require-rotation",
    severity: "high",
    why: "A certificate that lives longer than 90 days, is not renewed before its end, or keeps its key at renewal leaves a stolen key useful for as long. A CA keeps its key, since every certificate that it signed depends on it.",
    fix: "Use `WorkloadCertificate`, or set `duration: 2160h`, `renewBefore: 720h` and `privateKey: { rotationPolicy: Always }` (for a CA `Never`). Days are not a unit: 90 days are 2160h.",
    checks: judges.map(checkWith),
    options: {
        maximumLifetimeHours: {
            description: "Longest lifetime of a leaf.",
            minimum: 1,
            maximum: 2160,
            default: 2160,
        },
        maximumCaLifetimeHours: {
            description: "Longest lifetime of a CA that cert-manager issues.",
            minimum: 1,
            maximum: 87600,
            default: 8760,
        },
    },
};
