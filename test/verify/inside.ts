import type { Credentials } from "../../verify/hop";
import { startAgentMesh } from "./fakeAgentMesh";
import { startApi, startTracer } from "./fakeServices";
import type { TestPki } from "./pki";
import { startPostgres, startRedis } from "./stores";

/** All that is looked at from inside a cluster, on loopback. */
export interface Inside {
    /** A server's certificate for localhost. */
    readonly credentials: Credentials;
    /** The outputs that say where they are. */
    readonly ports: Readonly<Record<string, number>>;
    /** The Secrets of their certificates, by path. */
    readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly stop: () => Promise<void>;
}

const inside = ["localhost", "localhost.cluster.local"];

/** Starts every server, right in every respect: the real stores, and services by hand. */
export async function startInside(pki: TestPki): Promise<Inside> {
    const issue = (...outside: string[]) => pki.issue({ names: [...inside, ...outside] });
    const own = {
        api: await issue(),
        postgres: await issue("postgres.example.test"),
        redis: await issue("redis.example.test"),
        "agent-mesh": await issue("mesh.example.test"),
        tracer: await issue(),
    };
    const trustBundle = pki.root;
    const postgres = await startPostgres({ server: own.postgres, root: pki.root });
    const redis = await startRedis({ server: own.redis, root: pki.root });
    const api = await startApi({ credentials: own.api, trustBundle });
    const mesh = await startAgentMesh({ credentials: own["agent-mesh"], trustBundle });
    const tracer = await startTracer({ credentials: own.tracer, trustBundle });
    const services = [api, mesh, tracer];
    const secrets = Object.entries(own).map(
        ([name, pair]) => [`secrets/${name}-server`, secretOf(pair)] as const,
    );
    return {
        credentials: own.api,
        ports: {
            apiPort: api.address.port,
            postgresPort: postgres.port,
            redisPort: redis.port,
            agentMeshPort: mesh.address.port,
            tracerServicePort: tracer.address.port,
        },
        secrets: Object.fromEntries(secrets),
        stop: async () => {
            await Promise.all(services.map(({ close }) => close()));
            await postgres.stop();
            await redis.stop();
        },
    };
}

/** A Secret of type kubernetes.io/tls. */
export const secretOf = ({ certificate, privateKey }: Credentials) => ({
    "tls.crt": certificate,
    "tls.key": privateKey,
});
