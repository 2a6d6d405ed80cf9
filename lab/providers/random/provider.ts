import { logicalResource } from "../logical";
import type { Provider, Resource } from "../resource";
import { randomBytesKind } from "./randomBytes";
import { randomPasswordKind } from "./randomPassword";

const kinds: Readonly<Record<string, Resource>> = {
    "random:index/randomBytes:RandomBytes": logicalResource(randomBytesKind),
    "random:index/randomPassword:RandomPassword": logicalResource(randomPasswordKind),
};

/** Stands in for the official random plugin, as far as the stacks use it. */
export const randomProvider: Provider = {
    name: "random",
    version: "4.21.2",
    resource: (type) => kinds[type],
};
