import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { base64, createLoginSecret } from "../kubernetes/loginSecret";

/** A role whose password one application is told. */
export interface CredentialSettings {
    readonly role: string;
    /** Namespace of the application. */
    readonly namespace: string;
    /** Secret there with the keys `username` and `password`. */
    readonly secretName: string;
}

/** Letters and digits alone: 32 of them have 190 bits, and need no quotes anywhere. */
const passwordOptions = { length: 32, special: false };

/**
 * Makes a password for each role: a Secret for its application, and one for the database itself with a key for each role.
 *
 * @returns the database's Secret
 */
export function createCredentials(
    name: string,
    namespace: string,
    credentials: readonly CredentialSettings[],
    opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Secret {
    const passwords: Record<string, pulumi.Output<string>> = {};
    for (const { role, namespace, secretName } of credentials) {
        const { result } = new random.RandomPassword(`${name}-${role}`, passwordOptions, opts);
        const password = pulumi.secret(result);
        passwords[role] = password.apply(base64);
        const metadata = { name: secretName, namespace };
        createLoginSecret(`${name}-${role}`, metadata, { username: role, password }, opts);
    }
    return new k8s.core.v1.Secret(
        `${name}-passwords`,
        {
            metadata: { name: `${name}-passwords`, namespace },
            type: "Opaque",
            data: passwords,
        },
        opts,
    );
}
