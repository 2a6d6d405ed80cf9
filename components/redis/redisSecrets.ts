import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { base64, createLoginSecret } from "../kubernetes/loginSecret";
import { ownUsers, renderUsersConf, type RedisApplication } from "./redisUsers";

/** An application, and where its password is put. All plain. */
export interface RedisApplicationArgs extends RedisApplication {
    /** Namespace of its pods; it exists. */
    namespace: string;
    /** Secret made there, of the type `kubernetes.io/basic-auth`: its keys are `username` and `password`. */
    credentialsSecretName: string;
}

/** Secrets that Redis' own pod mounts, by the name of the workload. */
export const redisSecretNames = (name: string) => ({
    /** Key `users.conf`. */
    users: `${name}-users`,
    /** A login: of the user that asks whether Redis is well. */
    probe: `${name}-probe`,
    /** A login: of the user that changes a running configuration. For the sidecar alone. */
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
    const login = (resource: string, username: string, to: { name: string; namespace: string }) =>
        createLoginSecret(resource, to, { username, password: passwordOf(username) }, opts);
    return [
        new k8s.core.v1.Secret(
            names.users,
            {
                metadata: { name: names.users, namespace },
                data: { "users.conf": usersConf.apply(base64) },
            },
            opts,
        ),
        login(names.probe, "probe", { name: names.probe, namespace }),
        login(names.reload, "reload", { name: names.reload, namespace }),
        ...applications.map((application) =>
            login(`${name}-${application.name}-credentials`, application.name, {
                name: application.credentialsSecretName,
                namespace: application.namespace,
            }),
        ),
    ];
}

/** 256 bits, in letters and digits: the text means the same in a shell, a URL and a configuration. */
const createPassword = (name: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string> =>
    pulumi.secret(new random.RandomPassword(name, { length: 43, special: false }, opts).result);
