import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot, type LabPaths } from "../cache";
import { contentKey } from "../host/files";

/** A program that the lab builds from Go modules. */
export interface GoBinary {
    readonly name: string;
    /** Folder of its go.mod, below `lab/`. */
    readonly folder: string;
    /** What is built: `.` or a package of the module's dependencies. */
    readonly target: string;
    readonly ldflags: string;
}

const KUBERNETES_VERSION = "v1.34.4";
const PULUMI_VERSION = "v3.259.0";

/** Without these the servers call themselves v0.0.0 and clients refuse features by version. */
function kubernetesVersionFlags(): string {
    const [major, minor] = KUBERNETES_VERSION.slice(1).split(".");
    const fields = [
        `gitVersion=${KUBERNETES_VERSION}`,
        `gitMajor=${major ?? ""}`,
        `gitMinor=${minor ?? ""}`,
        "gitTreeState=clean",
        `gitCommit=${"0".repeat(40)}`,
        "buildDate=2026-01-01T00:00:00Z",
    ];
    const packages = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"];
    return packages.flatMap((name) => fields.map((field) => `-X ${name}.${field}`)).join(" ");
}

export const pulumiBinary: GoBinary = {
    name: "pulumi",
    folder: "engine",
    target: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    // The Automation API refuses an engine without a version.
    ldflags: `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${PULUMI_VERSION}`,
};

/** etcd, the four Kubernetes daemons, kube-proxy and kubectl in one: the first argument picks. */
export const kubeBinary: GoBinary = {
    name: "kube",
    folder: "kube",
    target: ".",
    ldflags: `-s -w ${kubernetesVersionFlags()}`,
};

export const certManagerBinary: GoBinary = {
    name: "cert-manager-controller",
    folder: "cert-manager",
    target: ".",
    ldflags: "-s -w",
};

export const approverPolicyBinary: GoBinary = {
    name: "approver-policy",
    folder: "approver-policy",
    target: ".",
    ldflags: "-s -w",
};

export const coreDnsBinary: GoBinary = {
    name: "coredns",
    folder: "coredns",
    target: ".",
    ldflags: "-s -w",
};

/** Folder of the binary's go.mod. */
export function sourceFolder(binary: GoBinary): string {
    return path.join(projectRoot, "lab", binary.folder);
}

/** Where the binary lies once it is built: the name says what it was built from. */
export function binaryPath(binary: GoBinary, paths: LabPaths): string {
    const folder = sourceFolder(binary);
    const names = readdirSync(folder).filter((name) => /^go\.(mod|sum)$|\.go$/.test(name));
    const sources = names
        .sort()
        .map((name) => [name, readFileSync(path.join(folder, name))] as const);
    return path.join(paths.bin, `${binary.name}-${binaryKey(binary, sources)}`);
}

/** Hash of all that decides what comes out: sources by name, what is built, and the linker's flags. */
export function binaryKey(
    binary: GoBinary,
    sources: readonly (readonly [name: string, content: Uint8Array])[],
): string {
    return contentKey([binary.target, binary.ldflags, ...sources.flat()]);
}
