import { serve } from "../server";
import { tlsProvider } from "./provider";

void serve(tlsProvider);
