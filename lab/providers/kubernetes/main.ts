import { serve } from "../server";
import { KubernetesProvider } from "./provider";

void serve(new KubernetesProvider());
