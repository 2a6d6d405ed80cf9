import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** What a request id may look like; anything else is replaced, since it ends in a log and a header. */
const pattern = /^[A-Za-z0-9._-]{1,64}$/;

/** The id that the gateway gave the request, so that both logs can be joined; a new one for everybody else. */
export function requestIdOf(
    { headers }: Pick<IncomingMessage, "headers">,
    fromGateway: boolean,
): string {
    const given = headers["x-request-id"];
    return fromGateway && typeof given === "string" && pattern.test(given) ? given : randomUUID();
}
