import type { V1Pod } from "@kubernetes/client-node";
import { RootMode } from "../../components/pki/hierarchy";
import type { Config } from "../../stacks/schema";
import { wrong } from "../../stacks/shown";

export interface Surroundings {
    readonly env: NodeJS.ProcessEnv;
    readonly stack: string;
    readonly hasStackFile: boolean;
}

/** What is missing before anything can be asked. The default kubeconfig is not taken: what is attacked is named. */
export function surroundingErrors({ env, stack, hasStackFile }: Surroundings): string[] {
    return [
        ...(env.KUBECONFIG
            ? []
            : [
                  "KUBECONFIG: not set; name the file of the cluster that is to be attacked, make conformance KUBECONFIG=FILE",
              ]),
        ...(hasStackFile
            ? []
            : [
                  `STACK: stacks/Pulumi.${stack}.yaml is not there; name a stack by make conformance STACK=NAME`,
              ]),
    ];
}

export interface Deployed {
    readonly stack: string;
    /** What the stack put out, or why it cannot be read. */
    readonly outputs: Readonly<Record<string, unknown>> | string;
    readonly hasEvidence: boolean;
}

/** Kinds of environment in which nobody depends on what is up. */
const attackable: readonly string[] = ["lab", "dev"];

/** Whether the platform is up, and one that may be attacked in this way. */
export function stackErrors(
    config: Pick<Config, "environment" | "pki" | "tracer">,
    { stack, outputs, hasEvidence }: Deployed,
): string[] {
    const { environment, pki, tracer } = config;
    const refused = [
        ...(attackable.includes(environment)
            ? []
            : [
                  wrong(
                      "environment",
                      JSON.stringify(environment),
                      "lab, dev: certificates are forged with the cluster's own CA and connections are cut",
                      "use a stack that nobody works on",
                  ),
              ]),
        ...(pki.rootMode === RootMode.Managed
            ? []
            : [
                  wrong(
                      "pki.rootMode",
                      JSON.stringify(pki.rootMode),
                      "managed: the tests step the authorities of stacks of their own",
                      "use a stack with a managed root",
                  ),
              ]),
        ...(tracer.origins.length > 0
            ? []
            : [
                  wrong(
                      "tracer.origins",
                      "[]",
                      "at least one origin, since one is tried",
                      "name one",
                  ),
              ]),
    ];
    const up = `make up STACK=${stack}`;
    if (typeof outputs === "string")
        return [...refused, `stack ${stack}: its outputs cannot be read, ${outputs}; ${up} first`];
    if (outputs["contractVersion"] === undefined)
        return [...refused, `stack ${stack}: nothing is deployed; ${up} first`];
    return hasEvidence
        ? refused
        : [...refused, `evidence: evidence/verify.json is not there; ${up} writes it`];
}

/** Reasons for which a container waits that end with another image only. */
const imageReasons = ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"];

/** Images that the cluster does not get, a line each. */
export function imageErrors(pods: readonly Pick<V1Pod, "status">[]): string[] {
    const missing = pods
        .flatMap(({ status }) => [
            ...(status?.initContainerStatuses ?? []),
            ...(status?.containerStatuses ?? []),
        ])
        .filter(({ state }) => imageReasons.includes(state?.waiting?.reason ?? ""))
        .map(
            ({ image, state }) =>
                `images: the cluster does not get ${image}, ${state?.waiting?.reason ?? ""}; build it as docs/images.md says and name it in the stack's file`,
        );
    return [...new Set(missing)];
}
