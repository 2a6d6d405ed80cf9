import type { Rule } from "../rule";
import { certificateRequireRotation } from "./certificateRequireRotation";
import { configRequireKnownText } from "./configRequireKnownText";
import { nginxForbidPlaintext } from "./nginxForbidPlaintext";
import { nginxRequireKnownConfig } from "./nginxRequireKnownConfig";
import { nginxRequireTls13 } from "./nginxRequireTls13";
import { rootForbidManaged } from "./rootForbidManaged";

/** Every rule of the pack, by name. */
export const rules: readonly Rule[] = [
    certificateRequireRotation,
    configRequireKnownText,
    nginxForbidPlaintext,
    nginxRequireKnownConfig,
    nginxRequireTls13,
    rootForbidManaged,
];
