import type { SeedError } from "./seedError";

/** What does not start, or is not encrypted or not authenticated although it looks so. */
export const fatal: readonly SeedError[] = [
    {
        id: "E1",
        error: "nginx is given names of TLS 1.3 suites in `ssl_ciphers`, which knows those of TLS 1.2 alone: it finds no suite and never starts.",
        here: "`ssl_conf_command Ciphersuites` with the profile's suites; nginx itself reads the rendered file without a warning and agrees on them.",
        tests: [
            {
                file: "components/gateway/nginxConf.test.ts",
                titles: ["renders the whole file"],
            },
            {
                file: "components/gateway/nginx.test.ts",
                titles: [
                    "a client > with a certificate is served over HTTP/2 and HTTP/1.1",
                    "a client > with a suite outside the profile is refused",
                ],
            },
            { file: "policies/nginxRequireTls13.test.ts", titles: ["refuses no suites"] },
        ],
    },
    {
        id: "E2",
        error: "PostgreSQL is given the same names in `ssl_ciphers`, and ends at its start.",
        here: "No `ssl_ciphers`. PostgreSQL 17 has no setting for these suites, so they come from a rendered OpenSSL configuration.",
        tests: [
            {
                file: "components/postgres/renderings.test.ts",
                titles: [
                    "postgresql.conf > is this, and the same in every profile, whose suites come from OpenSSL's file",
                ],
            },
            {
                file: "components/postgres/attack.test.ts",
                titles: [
                    "PostgreSQL in the profile %s > starts without a word about its files",
                    "PostgreSQL in the profile %s > takes %s alone",
                    "PostgreSQL in the profile %s > refuses a suite outside every profile in the handshake",
                ],
            },
        ],
    },
    {
        id: "E3",
        error: "A comment stands behind a value in redis.conf. Redis takes it for more values, and does not start.",
        here: "One directive a line and no comment. The running Redis is asked for every setting and gives back the file word by word.",
        tests: [
            {
                file: "components/redis/redisConf.test.ts",
                titles: [
                    "renders the whole file",
                    "whatever a setting says > a list of suites changes no directive and no word",
                ],
            },
            {
                file: "components/redis/handshake.test.ts",
                titles: [
                    "the real Redis in profile %s > has every setting of the file, word by word",
                ],
            },
        ],
    },
    {
        id: "E4",
        error: "The gateway passes requests on to `http://`, so the lines beside it that verify the service do nothing and the hop is plaintext.",
        here: "`proxy_pass https://` with version, suites, groups, the service's chain and name, and the gateway's own certificate. A policy refuses any other upstream.",
        tests: [
            {
                file: "components/gateway/nginxConf.test.ts",
                titles: ["renders the whole file"],
            },
            {
                file: "components/gateway/nginx.test.ts",
                titles: ["does not talk to a service of another authority"],
            },
            {
                file: "policies/nginxForbidPlaintext.test.ts",
                titles: ["refuses a plaintext upstream"],
            },
            {
                file: "policies/nginxRequireTls13.test.ts",
                titles: ["refuses an upstream that is not verified"],
            },
        ],
    },
    {
        id: "E5",
        error: "Nothing says who may log in to PostgreSQL. With an ordinary `host` line a client without TLS and without a certificate gets in.",
        here: "pg_hba.conf has a `hostssl` line with `clientcert=verify-full` and a password for each role and its own database, the same for replication, and rejects the rest.",
        tests: [
            {
                file: "components/postgres/renderings.test.ts",
                titles: [
                    "pg_hba.conf > lets each role into its own database, and nobody else",
                    "pg_hba.conf > asks of those who copy the instance what it asks of the others",
                ],
            },
            {
                file: "components/postgres/attack.test.ts",
                titles: [
                    "PostgreSQL in the profile %s > refuses no TLS",
                    "PostgreSQL in the profile %s > refuses no certificate",
                    "PostgreSQL in the profile %s > refuses a certificate of another role",
                ],
            },
            {
                file: "components/postgres/replication.test.ts",
                titles: ["is refused without TLS", "is refused without a certificate"],
            },
        ],
    },
    {
        id: "E6",
        error: "Redis asks for a certificate and for nothing else: whoever has one of the CA is the default user, with every right.",
        here: "The default user is off. Each application has a user, a password, the commands of a cache and its own keys; `tls-auth-clients yes`.",
        tests: [
            { file: "components/redis/redisUsers.test.ts", titles: ["renders the whole file"] },
            {
                file: "components/redis/users.test.ts",
                titles: [
                    "the real Redis > as nobody > a certificate alone opens nothing: who says nothing",
                    "the real Redis > as nobody > a certificate alone opens nothing: who is the default user",
                    "the real Redis > as nobody > a password without a certificate opens nothing",
                    "the real Redis > as an application > reaches its own keys and none of another's",
                ],
            },
            {
                file: "components/redis/handshake.test.ts",
                titles: ["the real Redis in profile %s > refuses a handshake with no certificate"],
            },
        ],
    },
    {
        id: "E7",
        error: "TLS of Redis ends at its clients: a replica would copy in plaintext, and a cluster would talk so.",
        here: "`tls-replication yes` and `tls-cluster yes`. A second Redis copies over TLS with its own certificate and password; no cluster is built.",
        tests: [
            { file: "components/redis/redisConf.test.ts", titles: ["renders the whole file"] },
            {
                file: "components/redis/users.test.ts",
                titles: [
                    "the real Redis is copied > by another Redis, over TLS and with the password of its file",
                    "the real Redis is copied > by nobody without the replica's password",
                ],
            },
        ],
    },
    {
        id: "E8",
        error: "A Node server is given `ca` and not told to ask for certificates, so it asks nobody for one.",
        here: "`requestCert` and `rejectUnauthorized` in every service, with the reason of each refusal in the log.",
        tests: [
            {
                file: "services/handshake.test.ts",
                titles: ["refuses no certificate (alert 116)", "refuses another CA"],
            },
            { file: "services/agentMeshHandshake.test.ts", titles: ["refuses no certificate"] },
            {
                file: "services/tracer/admission.test.ts",
                titles: ["the connection > is refused with no certificate"],
            },
            {
                file: "services/options.test.ts",
                titles: ["a server demands a certificate, and is told nothing that has no effect"],
            },
        ],
    },
    {
        id: "E9",
        error: "A certificate file holds the leaf alone. A client that trusts the root, as it should, cannot verify it.",
        here: "The issuing key pair carries its intermediate, so `tls.crt` is the leaf, then the intermediate. Services do not start with anything else, and the verifier looks at what is served.",
        tests: [
            {
                file: "components/pki/authority.test.ts",
                titles: [
                    "an authority > is a root, an intermediate and the issuing key pair, each explicit in everything",
                ],
            },
            { file: "services/material.test.ts", titles: ["refuses a bare leaf"] },
            {
                file: "services/handshake.test.ts",
                titles: [
                    "refuses a leaf without its intermediate",
                    "serves leaf and intermediate, and resumes no session",
                ],
            },
            {
                file: "services/agentMeshProcess.test.ts",
                titles: ["does not start with a certificate that is no chain"],
            },
            {
                file: "verify/gateway.test.ts",
                titles: ["an edge with one thing wrong fails > full-chain-served: only its leaf"],
            },
        ],
    },
];
