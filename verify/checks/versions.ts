import type { Check, Sighting } from "../check";
import type { HelloReply } from "../clientHello";
import { handshake, Refused, sayHello } from "../connection";
import { alertName, nameOf, olderCipherSuites, versions, type Version } from "../registry";

const controls = ["SC-8", "SC-8(1)", "SC-13"];

/** A client that does everything right gets TLS 1.3: what all refusals are compared with. */
export const tls13Accepted: Check = {
    id: "tls13-accepted",
    controls,
    wanted: () => "TLSv1.3",
    look: async (hop) => {
        try {
            const socket = await handshake(hop, { client: hop.verifier });
            const seen = `${socket.getProtocol() ?? "no protocol"} ${socket.getCipher().standardName}`;
            socket.destroy();
            return { ok: seen.startsWith("TLSv1.3 "), seen };
        } catch (error) {
            if (error instanceof Refused) return { ok: false, seen: `refused: ${error.message}` };
            throw error;
        }
    },
};

function olderVersionRefused(version: Exclude<Version, "TLS 1.3">): Check {
    return {
        id: `${version.toLowerCase().replaceAll(/[ .]/g, "")}-refused`,
        controls,
        wanted: () => `${version} refused by an alert`,
        look: async (hop) =>
            judgeOlderVersion(
                await sayHello(hop, {
                    serverName: hop.host,
                    version: versions[version],
                    cipherSuites: olderCipherSuites,
                }),
            ),
    };
}

function judgeOlderVersion(reply: HelloReply): Sighting {
    if (reply.kind === "hello") {
        return { ok: false, seen: `accepted, as ${nameOf(versions, reply.version)}` };
    }
    if (reply.kind === "alert" && [40, 70].includes(reply.description)) {
        return { ok: true, seen: alertName(reply.description) };
    }
    throw new Error(
        `${describeReply(reply)}, which does not say whether the version was the reason`,
    );
}

/** Every version before TLS 1.3, a check each. */
export const olderVersionsRefused: readonly Check[] = (
    ["SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2"] as const
).map(olderVersionRefused);

/** An answer to a hello, in a few words. */
export function describeReply(reply: HelloReply): string {
    switch (reply.kind) {
        case "hello":
            return `agreed on ${nameOf(versions, reply.version)}`;
        case "alert":
            return alertName(reply.description);
        case "closed":
            return "closed without an alert";
        case "foreign":
            return `not TLS: ${reply.start}`;
    }
}

/** Whether a server agrees to a TLS 1.3 hello. An answer that says neither yes nor no is an error. */
export function agrees(reply: HelloReply): boolean {
    if (reply.kind === "hello") return reply.version === versions["TLS 1.3"];
    if (reply.kind === "alert" && [40, 71].includes(reply.description)) return false;
    throw new Error(`${describeReply(reply)}, which is neither agreement nor handshake_failure`);
}
