/** An address inside the cluster's namespaces. */
export interface Target {
    readonly protocol: "TCP" | "UDP";
    readonly address: string;
    readonly port: number;
}

/** First byte of the answer: connected, or refused. */
export const CONNECTED = 1;
export const REFUSED = 0;

/** First line on the socket between the two halves: where to. */
export function targetLine({ protocol, address, port }: Target): string {
    return `${protocol} ${address} ${port}\n`;
}

/** Longest line that names a target; whoever sends more speaks something else. */
export const MAX_TARGET_LINE = 64;

/** @returns undefined for a line that names no target */
export function parseTargetLine(line: string): Target | undefined {
    const [, protocol, address, port] = /^(TCP|UDP) ([0-9.]+) (\d{1,5})$/.exec(line) ?? [];
    if (address === undefined || Number(port) > 65535 || (protocol !== "TCP" && protocol !== "UDP"))
        return undefined;
    return { protocol, address, port: Number(port) };
}
