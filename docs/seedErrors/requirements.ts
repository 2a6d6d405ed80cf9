import type { SeedError } from "./seedError";

const mesh = "It comes with the mesh";

/** What contradicts what the seed itself asks for. */
export const requirements: readonly SeedError[] = [
    {
        id: "E10",
        error: "90 days of life, renewed 30 days before the end, is called a rotation under 90 days. The lifetime is exactly 90, and it is the rotation's period, lifetime less renewal, that counts.",
        here: "The lifetime is at most 90 days, the renewal lies before its end, and a certificate's jitter makes it earlier, never later. Config, components and a policy refuse anything else; the verifier looks at what is served.",
        tests: [
            {
                file: "components/pki/durations.test.ts",
                titles: [
                    "a leaf's times > may not be 2160 and 2160 hours",
                    "the jitter of a renewal > never makes a rotation later, nor more than a tenth of its period earlier",
                ],
            },
            {
                file: "stacks/config.test.ts",
                titles: ["refuses a lifetime of 90 days and a second"],
            },
            {
                file: "policies/certificateRequireRotation.test.ts",
                titles: ["refuses a second over", "refuses a renewal after the end"],
            },
            {
                file: "verify/gateway.test.ts",
                titles: [
                    "an edge with one thing wrong fails > lifetime: an hour too many",
                    "an edge with one thing wrong fails > rotation-margin: a certificate past its renewal",
                ],
            },
        ],
    },
    {
        id: "E11",
        error: "Root, intermediate and leaf exist in a list of lifetimes alone. cert-manager's CA issuer lets a leaf outlive its issuer, reissues nothing when the issuer changes, and does not look at path lengths.",
        here: "A root with path length 1 and an intermediate with 0 are made, by generation; an intermediate is succeeded while it still outlives every leaf it may sign.",
        tests: [
            {
                file: "components/pki/authority.test.ts",
                titles: [
                    "an authority > is a root, an intermediate and the issuing key pair, each explicit in everything",
                ],
            },
            {
                file: "components/pki/generations.test.ts",
                titles: ["lets every certificate end before its issuer, in each month of 22 years"],
            },
            {
                file: "stacks/pkiDue.test.ts",
                titles: [
                    "plays eleven years in monthly steps, each issuer outliving its leaves",
                    "refuses an intermediate that ends too early",
                ],
            },
            {
                file: "components/pki/elevenYears.test.ts",
                titles: [
                    "holds with ups on any days: no leaf that its root's bundle does not know",
                ],
            },
            {
                file: "verify/gateway.test.ts",
                titles: ["fails a leaf that outlives its issuer"],
            },
        ],
        notBuiltYet:
            "The change of a root is played in plans, not in a cluster, and nothing in the cluster limits which names a tenant asks the issuer for.",
    },
    {
        id: "E12",
        error: "A PeerAuthentication in one namespace is said to hold for all traffic.",
        tests: [],
        notBuiltYet: `${mesh}: one named \`default\` in the mesh's root namespace.`,
    },
    {
        id: "E13",
        error: "STRICT is taken for TLS 1.3. It sets no version.",
        tests: [],
        notBuiltYet: `${mesh}: the lowest version, in the mesh's configuration and on every Gateway.`,
    },
    {
        id: "E14",
        error: "A DestinationRule for `*` shadows the rules of single hosts, and demands the mesh's certificates of hosts that have no sidecar.",
        tests: [],
        notBuiltYet: `${mesh}: none by default.`,
    },
    {
        id: "E15",
        error: "STRICT without an AuthorizationPolicy knows who everybody is, and lets everybody do everything.",
        tests: [],
        notBuiltYet: `${mesh}. Outside of it each service, database and cache authorises its own clients today (E5, E6, E28).`,
    },
    {
        id: "E16",
        error: "The mesh signs its certificates with a CA of its own making, which has nothing to do with the hierarchy.",
        tests: [],
        notBuiltYet: `${mesh}: an intermediate under a root of the mesh's own.`,
    },
    {
        id: "E17",
        error: "FIPS 140-2 is claimed, whose certificates are historical since September 2026, and Istio's setting of that name stops at TLS 1.2.",
        tests: [],
        notBuiltYet:
            "No validation is claimed today: the profile `fips` restricts algorithms (E18), and README says that this is not a validated module. Istio's setting comes with the mesh, the list of modules with E34.",
    },
    {
        id: "E18",
        error: "ChaCha20-Poly1305 and X25519 are not approved in FIPS. Where suites and groups are not restricted, nginx and PostgreSQL agree on them.",
        here: "Suites and groups come from one profile, which reaches every daemon by its own setting or by a rendered OpenSSL configuration. What a daemon could not obey is an error of the configuration.",
        tests: [
            {
                file: "components/tls/tls.test.ts",
                titles: ["a profile > fips has approved algorithms alone"],
            },
            {
                file: "components/gateway/nginx.test.ts",
                titles: [
                    "a client > with a suite outside the profile is refused",
                    "a client > with a group outside the profile is refused",
                ],
            },
            {
                file: "components/postgres/attack.test.ts",
                titles: [
                    "PostgreSQL in the profile %s > refuses %s in the handshake",
                    "PostgreSQL in the profile %s > refuses a group that it does not have in the handshake",
                ],
            },
            {
                file: "components/redis/handshake.test.ts",
                titles: [
                    "the real Redis in profile %s > refuses a handshake with a group outside the profile",
                    "the real Redis in profile %s > refuses a handshake with a suite outside the profile",
                ],
            },
            {
                file: "policies/nginxRequireTls13.test.ts",
                titles: ["judges by the profile: ChaCha20 is modern and not FIPS"],
            },
            {
                file: "stacks/settings.test.ts",
                titles: ["a profile that a daemon cannot obey > is an error"],
            },
        ],
    },
    {
        id: "E19",
        error: "The leaf has an RSA key of 2048 bits, a usage that TLS 1.3 has no use for, server and client use on one key, and a wildcard: who steals the gateway's key can pose as every other host.",
        here: "ECDSA P-256 unless config says otherwise, `digital signature` alone, a key for serving and another for calling, and each name written out: a wildcard is refused when it is asked for, and by clients when it is shown.",
        tests: [
            {
                file: "stacks/project.test.ts",
                titles: [
                    "makes leaves with keys of ECDSA P-256 and 90 days of life unless it is told otherwise",
                ],
            },
            {
                file: "components/pki/workloadCertificate.test.ts",
                titles: [
                    "is one Certificate whose Secret has its name",
                    "of a client has its identity alone and no server's use",
                    "refuses a wildcard",
                ],
            },
            {
                file: "components/gateway/nginxGateway.test.ts",
                titles: ["has one certificate for clients and another for services"],
            },
            {
                file: "services/clientOptions.test.ts",
                titles: ["does not go on with a server that has a wildcard"],
            },
            {
                file: "verify/gateway.test.ts",
                titles: ["an edge with one thing wrong fails > names: a wildcard"],
            },
        ],
    },
    {
        id: "E20",
        error: "The VPN lets users in by a password under broken algorithms, with a weak group and CBC, in a configuration format of the past, and has no server, no addresses to give, no revocation, and a tunnel to all of 10.0.0.0/8.",
        tests: [],
        notBuiltYet: "The VPN comes later.",
    },
];
