import type { ComponentProviderOptions } from "@pulumi/pulumi/provider/experimental";
import { checkInputs, type PackageSchema } from "./packageInputs";
import { packageName } from "./packageComponents";

type Component = ComponentProviderOptions["components"][number];

/** A component that is asked for from outside, where no compiler has looked at the arguments: they are checked before anything is made. */
export function checkedComponent(component: Component, schema: PackageSchema): Component {
    const token = `${packageName}:index:${component.name}`;
    return new Proxy(component, {
        construct: (target, given: [name: string, args: unknown, opts: object], newTarget) => {
            checkInputs(token, given[1], schema);
            return Reflect.construct(target, given, newTarget) as object;
        },
    });
}
