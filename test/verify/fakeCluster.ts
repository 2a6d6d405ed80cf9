import { execFile } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { json } from "node:stream/consumers";
import type { Credentials } from "../../verify/hop";
import { listen, type Listening } from "./servers";

export interface FakeClusterSettings {
    readonly credentials: Credentials;
    /** Texts by path, for example `secrets/gateway-server`. */
    readonly objects: Readonly<Record<string, Readonly<Record<string, string>>>>;
    /** The program that a Job runs, in place of its image. */
    readonly program: readonly string[];
    /** What it gets in place of the mounts. */
    readonly mounts: Readonly<Record<string, string>>;
}

interface JobBody {
    readonly metadata: { readonly name: string };
    readonly spec: {
        readonly template: {
            readonly spec: {
                readonly containers: readonly [
                    { readonly env: readonly { readonly name: string; readonly value: string }[] },
                ];
            };
        };
    };
}

/**
 * A simulated API server: it has objects to read, and runs a Job's program as a process here. It keeps what it was asked, as
 * `METHOD path`.
 */
export async function startCluster(
    settings: FakeClusterSettings,
): Promise<Listening & { readonly asked: readonly string[] }> {
    const asked: string[] = [];
    let log = "";
    const reply = async (request: IncomingMessage): Promise<unknown> => {
        const path = (request.url ?? "").replace(/\?.*$/, "");
        asked.push(`${request.method ?? ""} ${path}`);
        const object = /\/namespaces\/[^/]+\/((?:secrets|configmaps)\/[^/]+)$/.exec(path)?.[1];
        if (object !== undefined) return readObject(settings, object);
        if (path.endsWith("/pods")) return { items: [{ metadata: { name: "verify-pod" } }] };
        if (path.endsWith("/log")) return log;
        if (request.method === "POST")
            log = await runJob(settings, (await json(request)) as JobBody);
        return { kind: "Job", status: { succeeded: 1 } };
    };
    const { certificate: cert, privateKey: key } = settings.credentials;
    const server = createServer({ cert, key }, (request, response) => {
        void reply(request).then((content) => {
            write(response, content);
        });
    });
    return { ...(await listen(server)), asked };
}

function write(response: ServerResponse, content: unknown): void {
    const isText = typeof content === "string";
    response.statusCode = content === undefined ? 404 : 200;
    response.setHeader("Content-Type", isText ? "text/plain" : "application/json");
    response.end(isText ? content : JSON.stringify(content ?? {}));
}

function readObject({ objects }: FakeClusterSettings, path: string): unknown {
    const texts = objects[path];
    if (!texts || path.startsWith("configmaps/")) return texts && { data: texts };
    const encode = (text: string): string => Buffer.from(text).toString("base64");
    return {
        data: Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, encode(text)])),
    };
}

function runJob({ program, mounts }: FakeClusterSettings, { spec }: JobBody): Promise<string> {
    const { env } = spec.template.spec.containers[0];
    const given = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    const [command = "", ...args] = program;
    return new Promise((resolve) => {
        execFile(command, args, { env: { ...process.env, ...given, ...mounts } }, (_, out, err) => {
            resolve(out + err);
        });
    });
}
