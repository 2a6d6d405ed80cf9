import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { ApiError, UnreachableError } from "./errors";
import { isMap, type KubeObject } from "./json";
import type { Plain } from "../value";

export interface ApiRequest {
    readonly method: "GET" | "PATCH" | "DELETE";
    /** Path from the server's address on, `/api/v1/namespaces`. */
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: KubeObject;
    readonly contentType?: string;
    readonly signal: AbortSignal;
}

export interface ApiAnswer {
    readonly object: KubeObject;
    /** What the server warns of: a deprecated version, a pod that breaks the namespace's policy. */
    readonly warnings: readonly string[];
}

/** Sends one request to the cluster of a kubeconfig. */
export type Send = (request: ApiRequest) => Promise<ApiAnswer>;

/**
 * JSON over HTTPS with the credentials of a kubeconfig. The client's own object API is not used: it casts an answer to its
 * models, and so loses fields that they do not know.
 */
export function sender(kubeConfig: KubeConfig): Send {
    const server = kubeConfig.getCurrentCluster()?.server ?? "";
    return async (request) => {
        const url = addressOf(server, request);
        const options: RequestOptions = {
            method: request.method,
            headers: { accept: "application/json", ...contentType(request) },
            signal: request.signal,
            timeout: silenceMilliseconds,
        };
        await kubeConfig.applyToHTTPSOptions(options);
        try {
            return read(await exchange(url, options, request.body));
        } catch (error) {
            request.signal.throwIfAborted();
            throw error;
        }
    };
}

/** An API server that keeps silent for so long is not there. */
const silenceMilliseconds = 30_000;

function addressOf(server: string, { path, query = {} }: ApiRequest): URL {
    const url = new URL(server.replace(/\/$/, "") + path);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url;
}

function contentType({ body, contentType: type }: ApiRequest): Record<string, string> {
    return body ? { "content-type": type ?? "application/json" } : {};
}

interface RawAnswer {
    readonly code: number;
    readonly phrase: string;
    readonly warnings: readonly string[];
    readonly text: string;
}

function exchange(url: URL, options: RequestOptions, body?: KubeObject): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
        const fail = (error: Error) => {
            reject(new UnreachableError(url.origin, error));
        };
        const send = url.protocol === "http:" ? httpRequest : httpsRequest;
        const call = send(url, options, (message) => {
            const chunks: Buffer[] = [];
            message.on("data", (chunk: Buffer) => chunks.push(chunk));
            message.on("end", () => {
                resolve(rawAnswer(message, Buffer.concat(chunks)));
            });
            // The connection broke in the middle of the answer.
            message.on("error", fail);
        });
        call.on("timeout", () => {
            call.destroy(new Error(`no answer in ${silenceMilliseconds / 1000} s`));
        });
        call.on("error", fail);
        call.end(body ? JSON.stringify(body) : undefined);
    });
}

function rawAnswer(message: IncomingMessage, content: Buffer): RawAnswer {
    return {
        code: message.statusCode ?? 0,
        phrase: message.statusMessage ?? "",
        warnings: warningsIn(message.headers.warning ?? ""),
        text: content.toString("utf8"),
    };
}

/** Texts of `299 - "..."` entries. @see RFC 7234, 5.5 */
export function warningsIn(header: string): string[] {
    return [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = ""]) =>
        text.replace(/\\(.)/g, "$1"),
    );
}

function read({ code, phrase, warnings, text }: RawAnswer): ApiAnswer {
    const object = parse(text);
    if (code >= 200 && code < 300 && object) return { object, warnings };
    throw new ApiError(code, object ?? {}, `${phrase} ${text.slice(0, 200)}`);
}

function parse(text: string): KubeObject | undefined {
    try {
        const value = JSON.parse(text) as Plain;
        return isMap(value) ? value : undefined;
    } catch {
        return undefined;
    }
}
