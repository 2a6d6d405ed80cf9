import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

export interface Login {
    readonly username: string;
    readonly password: pulumi.Output<string>;
}

/**
 * Makes a Secret with the keys `username` and `password`. Its type says that it configures no program, so that policies have nothing to
 * wait for where preview does not know the password yet.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/secret/#basic-authentication-secret
 */
export const createLoginSecret = (
    resourceName: string,
    metadata: { readonly name: string; readonly namespace: string },
    { username, password }: Login,
    opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Secret =>
    new k8s.core.v1.Secret(
        resourceName,
        {
            metadata,
            type: "kubernetes.io/basic-auth",
            data: { username: base64(username), password: password.apply(base64) },
        },
        opts,
    );

/** A text as `data` of a Secret has it. */
export const base64 = (text: string): string => Buffer.from(text).toString("base64");
