import { serve } from "../server";
import { randomProvider } from "./provider";

void serve(randomProvider);
