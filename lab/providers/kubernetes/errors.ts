import { listAt, textAt, type KubeObject } from "./json";

/** The API server's refusal of a request. */
export class ApiError extends Error {
    /** HTTP status: 404, 409, 422 and so on. */
    public readonly code: number;
    /** What a Status of the API says: message, reason, details. Empty where a proxy answered. */
    public readonly status: KubeObject;

    constructor(code: number, status: KubeObject, fallback: string) {
        super(textAt(status, "message") || `${code} ${fallback}`.trim());
        this.code = code;
        this.status = status;
    }
}

/** No answer: refused, reset, timed out, or a certificate that is not trusted. */
export class UnreachableError extends Error {
    constructor(
        public readonly server: string,
        cause: Error,
    ) {
        super(`the Kubernetes API server ${server} cannot be reached: ${reasonOf(cause)}`, {
            cause,
        });
    }
}

function reasonOf(error: Error): string {
    const code = "code" in error && typeof error.code === "string" ? error.code : "";
    // Both addresses of a name were tried: the message is empty, the parts say why.
    const message =
        error instanceof AggregateError
            ? error.errors.map((part) => (part instanceof Error ? part.message : "")).join(", ")
            : error.message;
    return message.includes(code) ? message : `${code} ${message}`.trim();
}

/** The server does not serve this kind: its CustomResourceDefinition is missing, or the version is. */
export class NoKindError extends Error {
    constructor(apiVersion: string, kind: string) {
        super(
            `the API server does not serve kind ${kind} of ${apiVersion}; create its CustomResourceDefinition first (dependsOn)`,
        );
    }
}

export const isNotFound = (error: unknown): boolean =>
    error instanceof ApiError && error.code === 404;

/** Worth the same request again: nobody answered, or the server said that it cannot just now. */
export function isTransient(error: unknown): boolean {
    if (error instanceof UnreachableError) return !isTrustProblem(error.cause);
    if (!(error instanceof ApiError)) return false;
    return [429, 502, 503, 504].includes(error.code) || isEtcdHiccup(error);
}

function isEtcdHiccup({ code, message }: ApiError): boolean {
    return code === 500 && /etcdserver: (request timed out|leader changed)/.test(message);
}

function isTrustProblem(cause: unknown): boolean {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    return /CERT|ERR_TLS|SELF_SIGNED|UNABLE_TO_/.test(code);
}

/** The fields that another manager holds, `.data.color (kubectl-edit)`. */
export function conflictsOf({ status }: ApiError): string[] {
    return listAt(status, "details", "causes").map((cause) => {
        const holder = /conflict with "([^"]+)"/.exec(textAt(cause, "message"))?.[1];
        return `${textAt(cause, "field")} (${holder ?? "another manager"})`;
    });
}
