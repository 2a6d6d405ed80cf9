import type { SeedError } from "./seedError";

/** What works otherwise than it is meant: how it is watched, checked and accounted for. */
export const operation: readonly SeedError[] = [
    {
        id: "E30",
        error: "The monitor warns 30 days before the end, which is when every certificate is renewed; it warns twice at once, renews beside cert-manager, and never compares the certificate served with the one issued.",
        here: "cert-manager alone renews. Services and stores tell Prometheus the end and the fingerprint of what they serve, the stores' sidecar also whether it is what was issued, and the verifier compares the two.",
        tests: [
            {
                file: "services/metrics.test.ts",
                titles: ["answers Prometheus"],
            },
            {
                file: "services/reload.test.ts",
                titles: ["serves a pair that the kubelet swaps in, on both ports, and says so"],
            },
            {
                file: "services/reloader/postgres.test.ts",
                titles: ["serves a new pair within seconds, without ending a session"],
            },
            {
                file: "services/reloader/redis.test.ts",
                titles: ["serves a new pair within seconds, without ending a session"],
            },
            {
                file: "verify/gateway.test.ts",
                titles: [
                    "an edge with one thing wrong fails > served-is-issued: what was issued before",
                ],
            },
        ],
        notBuiltYet:
            "No alert reads these metrics, and the gateway's say nothing of its certificate but that it was reloaded.",
    },
    {
        id: "E31",
        error: "`openssl s_client` without a name, a CA and `-verify_return_error` is content with any certificate.",
        here: "The verifier checks chain and name of each server against the environment's own root, and fails where they are wrong.",
        tests: [
            {
                file: "verify/gateway.test.ts",
                titles: [
                    "an edge with one thing wrong fails > tls13-accepted: a server of another CA's",
                    "an edge with one thing wrong fails > chain-to-root: another name's certificate",
                    "an edge with one thing wrong fails > chain-to-root: an expired certificate",
                ],
            },
        ],
    },
    {
        id: "E32",
        error: "The client of PostgreSQL sets no lowest version, and nothing makes its certificate's common name the role, which `verify-full` compares.",
        here: "TLS 1.3 alone, the server's chain and name verified; the api's certificate has its role as common name.",
        tests: [
            {
                file: "services/clientOptions.test.ts",
                titles: ["does not go on with a server that has TLS 1.2 alone"],
            },
            {
                file: "services/postgres.test.ts",
                titles: [
                    "connects over TLS 1.3 with the policy's first suite and shows its certificate",
                    "does not connect with a server of another name",
                    "does not connect with the role of another certificate",
                ],
            },
            {
                file: "components/platform/services.test.ts",
                titles: [
                    "gives the api a client certificate whose common name is its database role",
                ],
            },
        ],
    },
    {
        id: "E33",
        error: "Compliance is a list of ticks: no evidence, no audit log, one control of many, and a period that every organisation sets for itself.",
        here: "The verifier writes what it saw; gateway, services and PostgreSQL log who did what; each policy names its controls; the longest lifetime is an option of its policy.",
        tests: [
            {
                file: "verify/evidence.test.ts",
                titles: [
                    "the evidence > says which stack, profile, time and tools, and every check in order",
                ],
            },
            { file: "components/gateway/nginxConf.test.ts", titles: ["renders the whole file"] },
            {
                file: "services/api.test.ts",
                titles: [
                    "the audit log > says who did what, from where, on which way, and how it ended",
                ],
            },
            {
                file: "services/agentMeshObservation.test.ts",
                titles: ["the audit log > says who called what, from where, and how it ended"],
            },
            {
                file: "services/tracer/audit.test.ts",
                titles: [
                    "says who opened what with which token, from where, on which way, and how it ended",
                ],
            },
            {
                file: "components/postgres/attack.test.ts",
                titles: [
                    "PostgreSQL in the profile %s > writes down neither rows nor statements, and no line that a client made up",
                ],
            },
            {
                file: "policies/pack.test.ts",
                titles: ["maps each rule to controls that exist"],
            },
            {
                file: "policies/certificateRequireRotation.test.ts",
                titles: ["is stricter where an environment says so, and never laxer"],
            },
        ],
        notBuiltYet:
            "Redis logs none of its clients. Nothing leads from a control over its policies and checks to the last evidence, and remote access, audit and monitoring (AC-17(2), AU-2, AU-3, AU-12, CA-7, SI-4) are mapped to nothing.",
    },
    {
        id: "E34",
        error: "There is no inventory of cryptographic modules: name, version, certificate, and where data passes.",
        tests: [],
        notBuiltYet: "It comes with the page about compliance.",
    },
];
