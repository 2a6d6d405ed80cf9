import type { Provider, Resource } from "../resource";
import type { Properties } from "../value";
import { checkConfig } from "./config";
import { connect, type Connection } from "./connection";
import { KubernetesObject } from "./kubernetesObject";
import { parseToken } from "./token";

/**
 * The lab's stand-in for the official `kubernetes` plugin: any kind, by server-side apply alone. It keeps the official one's type
 * tokens, inputs, outputs and replacements; what it lacks is in README.md, and is refused by name.
 */
export class KubernetesProvider implements Provider {
    public readonly name = "kubernetes";
    public readonly version = "4.34.2";
    public readonly checkConfig = checkConfig;
    /** Another cluster is another place; a kubeconfig may change for many reasons, and its cluster stay. */
    public readonly replaceOnConfig = ["clusterIdentifier", "cluster", "context"];
    #connection: Connection | undefined;

    constructor(private readonly patienceMilliseconds = 15_000) {}

    public configure(args: Properties): void {
        this.#connection = connect(args, this.patienceMilliseconds);
    }

    public resource(type: string): Resource | undefined {
        const token = parseToken(type);
        if (!token) return undefined;
        if (!this.#connection) throw new Error("the kubernetes provider is not configured");
        return new KubernetesObject(token, this.#connection);
    }
}
