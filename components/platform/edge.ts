import * as pulumi from "@pulumi/pulumi";
import { ClientCertificates } from "../gateway/nginxConf";
import { NginxGateway } from "../gateway/nginxGateway";
import type { Ground } from "./ground";
import { hostsOf, parts } from "./parts";
import type { PlatformArgs } from "./platformArgs";
import type { Services } from "./services";

/** The one way in from outside. After the services: nginx does not start where the name of one does not resolve. */
export function createGateway(
    args: PlatformArgs,
    { shared, opts }: Ground,
    { api, tracer }: Services,
): NginxGateway {
    const hosts = hostsOf(args);
    const clientCertificates = ClientCertificates.Required;
    return new NginxGateway(
        parts.gateway,
        {
            ...shared,
            namespace: args.namespace,
            ...args.gateway,
            routes: [
                { host: hosts.gateway, service: parts.api, port: api.port, clientCertificates },
                {
                    host: hosts.tracer,
                    service: parts.tracer,
                    port: tracer.port,
                    clientCertificates,
                    webSocket: true,
                },
            ],
        },
        pulumi.mergeOptions(opts, { dependsOn: [api, tracer] }),
    );
}
