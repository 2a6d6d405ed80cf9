import type { Policies } from "@pulumi/policy";
import * as analyzer from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

/**
 * The policies as the engine meets them: through the very functions that the SDK's server registers, with its proxies around inputs, its
 * `notApplicable` that throws, its `isType`, and its turning of an unknown that is read into a warning.
 */
interface SdkServer {
    makeAnalyzeRpcFun: RpcFactory;
    makeAnalyzeStackRpcFun: RpcFactory;
}

type Rpc = (
    call: { readonly request: unknown },
    callback: (error: Error | null | undefined, response?: analyzer.AnalyzeResponse) => void,
) => void;
type RpcFactory = (pack: string, version: string, level: string, policies: Policies) => Rpc;

const sdk = jest.requireActual<SdkServer>("@pulumi/policy/server");

/** Puts the SDK's proxy around inputs: reading what preview does not know throws. The SDK exports it without a type. */
export const previewed = jest.requireActual<{
    unknownCheckingProxy: <Props extends object>(props: Props) => Props;
}>("@pulumi/policy").unknownCheckingProxy;

/** What the engine writes where preview knows no string. @see @pulumi/policy, proxy.js */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Resource {
    readonly type: string;
    readonly name: string;
    readonly props: Readonly<Record<string, unknown>>;
}

export interface Diagnostic {
    readonly policy: string;
    readonly level: "advisory" | "mandatory";
    readonly urn: string;
    readonly message: string;
}

export const urnOf = ({ type, name }: Pick<Resource, "type" | "name">, stack = "lab"): string =>
    `urn:pulumi:${stack}::probe::${type}::${name}`;

/** A project that previews: first each resource by itself, then, if `stack` is asked for, all of them together. */
export class Engine {
    private readonly policies: Policies;
    private readonly stack: string;

    constructor(policies: Policies, stack = "lab") {
        this.policies = policies;
        this.stack = stack;
    }

    async analyze(resource: Resource): Promise<Diagnostic[]> {
        const request = new analyzer.AnalyzeRequest();
        this.fill(request, resource);
        return ask(sdk.makeAnalyzeRpcFun, this.policies, request);
    }

    async analyzeStack(resources: readonly Resource[]): Promise<Diagnostic[]> {
        const request = new analyzer.AnalyzeStackRequest();
        request.setResourcesList(
            resources.map((resource) => {
                const message = new analyzer.AnalyzerResource();
                this.fill(message, resource);
                return message;
            }),
        );
        return ask(sdk.makeAnalyzeStackRpcFun, this.policies, request);
    }

    private fill(
        message: analyzer.AnalyzeRequest | analyzer.AnalyzerResource,
        resource: Resource,
    ): void {
        message.setType(resource.type);
        message.setName(resource.name);
        message.setUrn(urnOf(resource, this.stack));
        message.setProperties(
            Struct.fromJavaScript(resource.props as Record<string, JavaScriptValue>),
        );
        message.setOptions(new analyzer.AnalyzerResourceOptions());
    }
}

function ask(factory: RpcFactory, policies: Policies, request: unknown): Promise<Diagnostic[]> {
    return new Promise((resolve, reject) => {
        factory(
            "pack",
            "1.0.0",
            "advisory",
            policies,
        )({ request }, (error, response) => {
            if (error || !response) reject(error ?? new Error("no response"));
            else resolve(response.getDiagnosticsList().map(diagnosticOf));
        });
    });
}

const diagnosticOf = (diagnostic: analyzer.AnalyzeDiagnostic): Diagnostic => ({
    policy: diagnostic.getPolicyname(),
    level:
        diagnostic.getEnforcementlevel() === analyzer.EnforcementLevel.MANDATORY
            ? "mandatory"
            : "advisory",
    urn: diagnostic.getUrn(),
    message: diagnostic.getMessage(),
});

/** What an engine without a `--policy-pack-config` sends: nothing. Configured ones override `getConfig` by wrapping the policies. */
export function configured(
    policies: Policies,
    config: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Policies {
    return policies.map((policy) => {
        const getConfig = () => config[policy.name] ?? {};
        const wrapped = { ...policy };
        if ("validateResource" in policy && Array.isArray(policy.validateResource)) {
            const validations = policy.validateResource;
            Object.assign(wrapped, {
                validateResource: validations.map(
                    (validate): typeof validate =>
                        (args, report) =>
                            validate(
                                { ...args, getConfig: getConfig as typeof args.getConfig },
                                report,
                            ),
                ),
            });
        }
        if ("validateStack" in policy) {
            const validate = policy.validateStack;
            const validateStack: typeof validate = (args, report) =>
                validate({ ...args, getConfig: getConfig as typeof args.getConfig }, report);
            Object.assign(wrapped, { validateStack });
        }
        return wrapped;
    });
}
