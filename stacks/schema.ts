import { z } from "zod";
import { RootMode } from "../components/pki/hierarchy";
import { leafLifetimeLimitHours } from "../components/pki/renewal";
import { KeyAlgorithm, TlsProfileName } from "../components/tls/profile";
import {
    audience,
    certificates,
    day,
    domain,
    hours,
    identities,
    identity,
    image,
    issuer,
    level,
    list,
    namespace,
    origin,
    replicas,
    storage,
    text,
    word,
} from "./fields";
import { jwks, JwtAlgorithm } from "./jwk";
import { administrators, tenants } from "./tenantFields";

const agentMeshClient = level({
    identity,
    methods: z.array(
        word({ RegisterAgent: "RegisterAgent", RenewAgent: "RenewAgent" }),
        list("methods", "write [] or name them"),
    ),
});

/** What is left out follows from the lifetime: a third of it is left at a renewal, as cert-manager has it. */
const leaf = level({
    lifetime: hours(2, leafLifetimeLimitHours, `2h to ${leafLifetimeLimitHours}h (90 days)`),
    renewBefore: hours(1, leafLifetimeLimitHours - 1, "1h to less than leaf.lifetime").optional(),
    algorithm: word(KeyAlgorithm).default(KeyAlgorithm.EcdsaP256),
}).transform(({ lifetime, renewBefore = thirdOf(lifetime), algorithm }) => ({
    lifetime,
    renewBefore,
    algorithm,
}));

/** In whole hours, of which a certificate of two hours has none. */
const thirdOf = (lifetime: number): number => Math.max(1, Math.floor(lifetime / 3));

/** Everything that an environment can set, by key. */
export const configSchema = {
    environment: word({ lab: "lab", dev: "dev", staging: "staging", prod: "prod" }),
    cluster: text(
        "the name of the cluster of KUBECONFIG's current context",
        "write the name that `kubectl config view --minify` shows",
        (value) => value !== "",
    ),
    domain,
    namespace,
    dataNamespace: namespace.default("llm-platform-data"),
    profile: word(TlsProfileName),
    acceptedGaps: z
        .array(z.string(list("names of gaps", "write texts")), list("names of gaps", "write []"))
        .default([]),
    certManagerNamespace: namespace.default("cert-manager"),
    pki: level({
        rootMode: word(RootMode),
        epoch: day,
        asOf: day.optional(),
        roots: certificates("root").default({}),
        certificates: certificates("intermediate").default({}),
    }),
    leaf,
    gateway: level({ image, replicas }),
    api: level({ image, replicas, clients: identities }),
    postgres: level({ image, storage }),
    redis: level({ image, storage }),
    reloader: level({ image }),
    agentMesh: level({
        image,
        replicas,
        clients: z.array(agentMeshClient, list("objects with identity and methods", "write []")),
    }),
    tracer: level({
        image,
        replicas,
        clients: identities,
        origins: z.array(origin, list("origins", "write [] or name them")),
        issuer,
        audience,
        algorithm: word(JwtAlgorithm),
        jwks,
    }),
    verifier: level({ image }),
    monitoring: level({ identity }),
    administrators,
    tenants,
};

/** A configuration in which each key by itself is right. */
export type Config = {
    readonly [Key in keyof typeof configSchema]: z.output<(typeof configSchema)[Key]>;
};
