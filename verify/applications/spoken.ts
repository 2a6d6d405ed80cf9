import { converse, handshake, openSocket, Refused } from "../connection";
import { alertName } from "../registry";
import type { Address, Application, Credentials, Hop, Reception } from "../hop";

/** A protocol in which one answer to the first words tells all. */
export interface Spoken {
    readonly greeting: Buffer;
    /** Whether the bytes that came so far are an answer. */
    readonly isWhole: (answer: Buffer) => boolean;
    readonly judge: (answer: Buffer) => Reception;
}

/** How one comes, over TLS and without, where a protocol is simple enough to be spoken by hand. */
export function knocking({
    greeting,
    isWhole,
    judge,
}: Spoken): Pick<Application, "knock" | "knockInClear"> {
    return {
        knock: (hop, client) => heard(async () => judge(await say(hop, greeting, isWhole, client))),
        knockInClear: (address) => heard(() => inClear({ greeting, isWhole, judge }, address)),
    };
}

/**
 * Says something over TLS, as its own connection's first words, and reads the answer.
 *
 * @throws Refused where there is none
 */
export async function say(
    hop: Hop,
    words: Buffer,
    isWhole: (answer: Buffer) => boolean,
    client?: Credentials,
): Promise<Buffer> {
    const { protocols } = hop.application;
    const socket = await handshake(hop, client ? { client, protocols } : { protocols });
    return converse(socket, words, isWhole);
}

/** A server of TLS that is spoken to without may say so in an alert. */
async function inClear({ greeting, isWhole, judge }: Spoken, address: Address): Promise<Reception> {
    const isAlert = (answer: Buffer): boolean => answer[0] === 21;
    const answer = await converse(await openSocket(address), greeting, (bytes) =>
        isAlert(bytes) ? bytes.length >= 7 : isWhole(bytes),
    );
    if (!isAlert(answer)) return judge(answer);
    return { kind: "refusal", seen: alertName(answer.readUInt8(6)) };
}

async function heard(knock: () => Promise<Reception>): Promise<Reception> {
    try {
        return await knock();
    } catch (error) {
        if (error instanceof Refused) return { kind: "refusal", seen: error.message };
        throw error;
    }
}
