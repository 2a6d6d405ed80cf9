import { ask, askInPlaintext, type Answer } from "../exchange";
import type { HttpApplication, Question, Reception } from "../hop";

export interface HttpSettings {
    /** Name that stands in `Host`. */
    readonly host: string;
    readonly question: Question;
    /** Status and body of the answer that the verifier must get, as `describe` writes them. */
    readonly welcome: string;
}

/** HTTP/1.1. To whom a hop does not let in it says nothing but an alert, or 400 as nginx does. */
export function http({ host, question, welcome }: HttpSettings): HttpApplication {
    return {
        protocols: ["http/1.1"],
        greeting: written(host, question),
        welcome,
        refusal: "an alert, a closed connection or 400",
        question,
        knock: async (hop, client) => receptionOf(await ask(hop, question, client), welcome),
        knockInClear: async (address) => {
            const headers = { Host: host };
            return receptionOf(await askInPlaintext(address, { path: "/", headers }), "nothing");
        },
    };
}

/** A question as it goes over the wire. */
function written(host: string, { method = "GET", path, headers }: Question): Buffer {
    const fields = Object.entries({ Host: host, Connection: "close", ...headers });
    const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`);
    return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
}

function receptionOf(answer: Answer, welcome: string): Reception {
    if (answer.kind === "refused") return { kind: "refusal", seen: answer.reason };
    if (answer.status === 400) return { kind: "refusal", seen: "400" };
    const seen = describe(answer);
    return { kind: seen === welcome ? "welcome" : "odd", seen };
}

/** Status and beginning of the body, or the refusal. */
export function describe(answer: Answer): string {
    if (answer.kind === "refused") return `refused: ${answer.reason}`;
    return `${answer.status} ${answer.body.trim().slice(0, 200)}`.trim();
}
