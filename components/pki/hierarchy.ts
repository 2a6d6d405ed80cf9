import { generationName } from "./generations";

/** What the certificates of a hierarchy are for. Each has a root of its own, and no bundle holds the roots of two. */
export enum Purpose {
    /** Services, stores, the gateway and their clients. */
    Workload = "workload",
    /** The service mesh: under a shared root a workload's certificate would enter it. */
    Mesh = "mesh",
    /** The VPN's gateway and its clients. */
    Vpn = "vpn",
}

/** Where the keys of the roots are. */
export enum RootMode {
    /** In the state, encrypted: for environments that can be built again. */
    Managed = "managed",
    /** On another machine, where intermediates are signed by hand. */
    Offline = "offline",
}

/** How far the generation of an intermediate is. */
export enum GenerationState {
    /** Its key and request are there, and wait for a signature. */
    Requested = "requested",
    /** Its certificate is there, and waits for its day, or until its root is trusted everywhere. */
    Ready = "ready",
    /** Leaves come from it. */
    Issuing = "issuing",
}

/** How many authorities may stand below a root: the intermediates. */
export const rootPathLength = 1;

/** How many may stand below an intermediate: none but leaves. */
export const intermediatePathLength = 0;

/** Name of a root, for example `workload-root-g1`. */
export const rootName = (purpose: string, generation: number): string =>
    generationName(`${purpose}-root`, generation);

/** Name of an intermediate, for example `workload-ca-g3`. */
export const intermediateName = (purpose: string, generation: number): string =>
    generationName(`${purpose}-ca`, generation);
