import type { Application, Hop, Reception } from "../hop";
import { knocking, say } from "./spoken";

const greeting = Buffer.from("PING\r\n");

/** Redis, by the inline form of its protocol. Whoever has a certificate is spoken to; what may be done is the user's matter. */
export const redis: Application = {
    protocols: [],
    greeting,
    welcome: "an answer to PING",
    refusal: "an alert or a closed connection",
    ...knocking({ greeting, isWhole, judge }),
};

/** The first line of the answer to a command, with our certificate and as no user. */
export async function command(hop: Hop, words: string): Promise<string> {
    return lineOf(await say(hop, Buffer.from(`${words}\r\n`), isWhole, hop.verifier));
}

function isWhole(answer: Buffer): boolean {
    return answer.includes("\r\n");
}

/** @see https://redis.io/docs/latest/develop/reference/protocol-spec/ */
function judge(answer: Buffer): Reception {
    const seen = lineOf(answer);
    return { kind: /^(?:\+PONG|-NOAUTH)\b/.test(seen) ? "welcome" : "odd", seen };
}

function lineOf(answer: Buffer): string {
    return answer.toString("latin1").split("\r\n", 1)[0] ?? "";
}
