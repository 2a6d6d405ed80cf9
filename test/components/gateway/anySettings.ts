import * as fc from "fast-check";
import { ClientCertificates, type NginxServer } from "../../../components/gateway/nginxConf";
import type { Settings } from "./runningGateway";

const label = fc.oneof(
    fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,14}[a-z0-9])?$/),
    fc.stringMatching(/^[a-z0-9][a-z0-9-]{61}[a-z0-9]$/),
    fc.stringMatching(/^xn--[a-z0-9]{1,20}$/),
    fc.stringMatching(/^[0-9]{1,5}$/),
);

/** No number: an address is looked up otherwise than a name. */
const lastLabel = fc.stringMatching(/^[a-z](?:[a-z0-9-]{0,10}[a-z0-9])?$/);

const full = fc.stringMatching(/^[a-z0-9][a-z0-9-]{61}[a-z0-9]$/);

/** Of 253 characters. */
export const longestHostName: fc.Arbitrary<string> = fc
    .tuple(full, full, full, fc.stringMatching(/^[a-z][a-z0-9-]{59}[a-z0-9]$/))
    .map((labels) => labels.join("."));

/** Any that is allowed: short, long, of digits, of an international name. */
export const anyHostName: fc.Arbitrary<string> = fc.oneof(
    { weight: 1, arbitrary: longestHostName },
    {
        weight: 4,
        arbitrary: fc
            .tuple(fc.array(label, { minLength: 1, maxLength: 5 }), lastLabel)
            .map(([labels, last]) => [...labels, last].join("."))
            .filter((name) => name.length <= 253),
    },
);

const upstream = fc.record({ host: anyHostName, port: fc.integer({ min: 1, max: 65535 }) });

const server: fc.Arbitrary<NginxServer> = fc.record(
    {
        names: fc.array(anyHostName, { minLength: 1, maxLength: 3 }),
        clientCertificates: fc.constantFrom(...Object.values(ClientCertificates)),
        upstream,
        webSocket: fc.boolean(),
    },
    { requiredKeys: ["names", "clientCertificates", "upstream"] },
);

/** Two servers may have one upstream, as the names inside and outside a cluster do. */
const servers = fc
    .tuple(fc.array(server, { minLength: 1, maxLength: 4 }), fc.boolean())
    .map(([made, shared]) => {
        const [first] = made;
        return made.map((one) => (shared && first ? { ...one, upstream: first.upstream } : one));
    })
    .filter((made) => {
        const names = made.flatMap(({ names }) => names);
        return new Set(names).size === names.length;
    });

const ports = fc
    .uniqueArray(fc.integer({ min: 1024, max: 65535 }), { minLength: 3, maxLength: 3 })
    .map(([tls = 0, redirect = 0, metrics = 0]) => ({ tls, redirect, metrics }));

/** Everything that a gateway may be told, but for its profile. */
export const anySettings: fc.Arbitrary<Omit<Settings, "profile">> = fc.record({
    ports,
    servers,
    metrics: fc.record({ name: anyHostName, clients: fc.array(anyHostName, { maxLength: 4 }) }),
});
