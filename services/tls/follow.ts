import { type FSWatcher, watch } from "node:fs";
import { dirname } from "node:path";

export interface FollowSettings {
    /** Files as a Secret or a ConfigMap is mounted. */
    readonly files: readonly string[];
    /** Looks at the files, soon after each change and at each poll. Must not throw. */
    readonly look: () => void;
    /** Told of a directory without events: then the poll is all there is. */
    readonly lost: (directory: string, error: unknown) => void;
    /** How often to look even if no event came, in milliseconds. Default 10,000. */
    readonly pollMs?: number | undefined;
}

/** A burst of events, such as the kubelet's swap, is one change. */
const settleMs = 50;

/**
 * Follows mounted files until what it gives is called. It watches their directories and not the files: the kubelet replaces a
 * symbolic link beside them, and a watch of a file would stay on the old one. Keeps no process alive.
 */
export function follow({ files, look, lost, pollMs = 10_000 }: FollowSettings): () => void {
    let settle: NodeJS.Timeout | undefined;
    const soon = () => {
        clearTimeout(settle);
        settle = setTimeout(look, settleMs).unref();
    };
    const directories = [...new Set(files.map((file) => dirname(file)))];
    const watchers = directories.flatMap((directory) => watching(directory, soon, lost));
    const poll = setInterval(look, pollMs).unref();
    return () => {
        clearInterval(poll);
        clearTimeout(settle);
        for (const watcher of watchers) watcher.close();
    };
}

function watching(
    directory: string,
    changed: () => void,
    lost: FollowSettings["lost"],
): FSWatcher[] {
    const failed = (error: unknown) => {
        lost(directory, error);
    };
    try {
        return [watch(directory, { persistent: false }, changed).on("error", failed)];
    } catch (error) {
        failed(error);
        return [];
    }
}
