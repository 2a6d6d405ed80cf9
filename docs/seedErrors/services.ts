import type { SeedError } from "./seedError";

/** What works otherwise than it is meant: the services and their clients. */
export const services: readonly SeedError[] = [
    {
        id: "E27",
        error: "The Node server sets `requestOCSP`, which does nothing on a server, and `ticketKeys: undefined`, with which it still sends tickets. It reads its certificate once.",
        here: "Neither is set. `SSL_OP_NO_TICKET`, so that no session is resumed; the mounted directory is watched, a pair that fits is served at once, and one that does not is counted.",
        tests: [
            {
                file: "services/options.test.ts",
                titles: ["a server demands a certificate, and is told nothing that has no effect"],
            },
            {
                file: "services/handshake.test.ts",
                titles: ["serves leaf and intermediate, and resumes no session"],
            },
            {
                file: "services/reload.test.ts",
                titles: [
                    "serves a pair that the kubelet swaps in, on both ports, and says so",
                    "fails no request on 50 connections while ten pairs are swapped in",
                    "keeps the old pair where key and certificate differ, and counts each bad content once",
                ],
            },
        ],
    },
    {
        id: "E28",
        error: "The gRPC server accepts TLS 1.2, keeps its certificates for ever, calls a deprecated method, and lets everybody with a certificate call everything.",
        here: "gRPC runs on the TLS of the other services: 1.3 alone, certificates followed on both sides. Each method is granted to identities.",
        tests: [
            {
                file: "services/agentMeshHandshake.test.ts",
                titles: ["refuses TLS 1.2", "refuses no certificate"],
            },
            {
                file: "services/agentMeshConnections.test.ts",
                titles: [
                    "rotates both certificates under load, reaches long-lived clients, and fails no call",
                ],
            },
            {
                file: "services/agentMesh.test.ts",
                titles: [
                    "a method > is refused to an identity that may call another one",
                    "a method > is refused to an identity that is on no list",
                    "is not called by who trusts another authority",
                ],
            },
        ],
    },
    {
        id: "E29",
        error: "The WebSocket server pins no algorithm of the token, no issuer and no audience, goes on after the token's end, and has no limit to origins, sizes and rates. Its client shows no certificate.",
        here: "One pinned algorithm, issuer, audience and key set, without defaults; the token is bound to the client's certificate, and the socket ends with the earlier of the two. Origins are a list; payload, parts and messages have limits.",
        tests: [
            {
                file: "services/tracer/tokens.test.ts",
                titles: [
                    "refuses alg none without signature",
                    "refuses HS256 with the public key as PEM for a secret",
                    "refuses another algorithm than the pinned one",
                    "refuses another issuer",
                    "refuses another audience",
                    "refuses expired",
                    "refuses bound to another certificate of the same identity",
                ],
            },
            {
                file: "services/tracer/stream.test.ts",
                titles: [
                    "a socket ends > when the token does, and the token opens no other",
                    "a socket ends > when the client's certificate does, though the token goes on",
                    "frames > may be as large as the limit and no byte larger, whole or in parts",
                    "the rate > ends a socket with too many messages",
                ],
            },
            {
                file: "services/tracer/request.test.ts",
                titles: ['the Origin > is refused as "https://evil.example"'],
            },
            {
                file: "services/tracer/admission.test.ts",
                titles: ["the connection > is refused with no certificate"],
            },
            {
                file: "components/gateway/webSocket.test.ts",
                titles: ["needs a client certificate like any request"],
            },
        ],
    },
];
