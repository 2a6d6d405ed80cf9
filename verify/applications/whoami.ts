import type { HttpApplication } from "../hop";
import { http } from "./http";

export interface WhoamiSettings {
    readonly host: string;
    /** Identity that the service must see. */
    readonly identity: string;
    /** How a request over the hop reaches the service. */
    readonly via: "gateway" | "direct";
}

/** HTTP with a service that names its caller. */
export const whoami = ({ host, identity, via }: WhoamiSettings): HttpApplication =>
    http({
        host,
        question: { path: "/v1/whoami" },
        welcome: `200 ${JSON.stringify({ identity, via })}`,
    });
