import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { ownUsers, renderUsersConf, type RedisApplication } from "./redisUsers";

/** An application, and where its password is put. All plain. */
export interface RedisApplicationArgs extends RedisApplication {
    /** Namespace of its pods; it exists. */
    namespace: string;
    /** Secret made there; its key `password` holds the password. */
    credentialsSecretName: string;
}

/** Secrets that Redis' own pod mounts, by the name of the workload. */
export const redisSecretNames = (name: string) => ({
    /** Key `users.conf`. */
    users: `${name}-users`,
    /** Key `password`: of the user that asks whether Redis is well. */
    probe: `${name}-probe`,
    /** Key `password`: of the user that changes a running configuration. For the sidecar alone. */
    reload: `${name}-reload`,
});

/** Makes a password for every user and puts each where it is needed: hashes to Redis, an application's to its own namespace. */
export function createRedisSecrets(
    name: string,
    namespace: string,
    applications: readonly RedisApplicationArgs[],
    opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Secret[] {
    const users = [...applications.map((application) => application.name), ...ownUsers];
    const passwords = Object.fromEntries(
        users.map((user) => [user, createPassword(`${name}-${user}`, opts)]),
    );
    const passwordOf = (user: string) => pulumi.output(passwords[user] ?? "");
    const usersConf = pulumi
        .all(passwords)
        .apply((known) => renderUsersConf(applications, (user) => known[user] ?? ""));
    const names = redisSecretNames(name);
    const secret = (secretName: string, key: string, text: pulumi.Output<string>) =>
        createSecret(secretName, { name: secretName, namespace }, { [key]: text }, opts);
    return [
        secret(names.users, "users.conf", usersConf),
        secret(names.probe, "password", passwordOf("probe")),
        secret(names.reload, "password", passwordOf("reload")),
        ...applications.map((application) =>
            createSecret(
                `${name}-${application.name}-credentials`,
                { name: application.credentialsSecretName, namespace: application.namespace },
                { password: passwordOf(application.name) },
                opts,
            ),
        ),
    ];
}

/** 256 bits, in letters and digits: the text means the same in a shell, a URL and a configuration. */
const createPassword = (name: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string> =>
    pulumi.secret(new random.RandomPassword(name, { length: 43, special: false }, opts).result);

const createSecret = (
    resourceName: string,
    metadata: { readonly name: string; readonly namespace: string },
    texts: Readonly<Record<string, pulumi.Output<string>>>,
    opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Secret =>
    new k8s.core.v1.Secret(
        resourceName,
        {
            metadata,
            data: Object.fromEntries(
                Object.entries(texts).map(([key, text]) => [key, text.apply(base64)]),
            ),
        },
        opts,
    );

const base64 = (text: string): string => Buffer.from(text).toString("base64");
