import { componentProviderHost } from "@pulumi/pulumi/provider/experimental";
import { packageOptions } from "./packageComponents";

void componentProviderHost(packageOptions);
