import { idOf, nameOf } from "../identity";
import { at, listAt, mapAt, selectorOf, textAt, type KubeObject } from "../json";
import { ready, waiting, type Verdict, type View } from "./verdict";

/** Reached by its clients: a load balancer has an address, and a selector has found a ready pod. */
export async function service(object: KubeObject, view: View): Promise<Verdict> {
    const type = textAt(object, "spec", "type");
    if (type === "ExternalName") return ready;
    if (
        type === "LoadBalancer" &&
        listAt(object, "status", "loadBalancer", "ingress").length === 0
    ) {
        return waiting("the load balancer has no address yet");
    }
    // Without a selector somebody else writes the endpoints; a headless one is looked up, not balanced.
    const selector = mapAt(object, "spec", "selector");
    if (Object.keys(selector).length === 0 || textAt(object, "spec", "clusterIP") === "None") {
        return ready;
    }
    if (await hasEndpoint(object, view)) return ready;
    return waiting(`no ready pod has the labels ${selectorOf(selector)}`);
}

async function hasEndpoint(object: KubeObject, view: View): Promise<boolean> {
    const { namespace, name } = nameOf(object);
    const slices = await view.list(
        { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice" },
        namespace,
        {
            labelSelector: `kubernetes.io/service-name=${name}`,
        },
    );
    return slices
        .flatMap((slice) => listAt(slice, "endpoints"))
        .some((endpoint) => at(endpoint, "conditions", "ready") !== false);
}

export function ingress(object: KubeObject): Verdict {
    const addresses = listAt(object, "status", "loadBalancer", "ingress");
    return addresses.length > 0
        ? ready
        : waiting(`no controller has given ${idOf(nameOf(object))} an address`);
}
