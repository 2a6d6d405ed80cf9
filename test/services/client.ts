import { X509Certificate } from "node:crypto";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { request, type RequestOptions } from "node:https";
import type { Credential } from "./pki";
import { type Running, serverName } from "./running";

export interface Answer {
    readonly status: number;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
}

export type Question = Omit<RequestOptions, "headers"> & {
    readonly headers?: OutgoingHttpHeaders;
    readonly body?: string;
};

/** What a client of the api shows and trusts; without a credential it shows nothing. */
export function as({ service, pki }: Running, credential?: Credential) {
    return {
        host: "127.0.0.1",
        port: service.port,
        servername: serverName,
        ca: pki.root.certificate,
        agent: false as const,
        ...(credential && { cert: credential.chain, key: credential.key }),
    };
}

/** Asks once; rejects with what the connection says. */
export function ask({ body, ...options }: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
        const question = request(options, (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("error", reject);
            response.on("end", () => {
                const { statusCode: status = 0, headers } = response;
                resolve({ status, headers, body: Buffer.concat(chunks).toString() });
            });
        });
        question.on("error", reject);
        question.end(body);
    });
}

/** Asks once; the status and what the JSON says, empty where there is no body. */
export async function seen(question: Question): Promise<[status: number, body: unknown]> {
    const { status, body } = await ask(question);
    return [status, body === "" ? "" : JSON.parse(body)];
}

/** The `Client-Cert` header that a gateway makes of a client's leaf. @see RFC 9440, 2.2 */
export function forwarded({ certificate }: Credential): string {
    return `:${new X509Certificate(certificate).raw.toString("base64")}:`;
}

/** The code of the error that a question ends with; fails where it is answered. */
export async function refusal(question: Question): Promise<string> {
    try {
        const { status } = await ask(question);
        return `answered ${status}`;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code ?? String(error);
    }
}

/** Waits for something to become true, at most ten seconds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
    for (const deadline = Date.now() + 10_000; !condition();) {
        if (Date.now() > deadline) throw new Error(`${what} did not happen within 10 s`);
        await new Promise((resolve) => setTimeout(resolve, 10));
    }
}
