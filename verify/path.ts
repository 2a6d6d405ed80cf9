import type { Address } from "./hop";

/** Where a connection for a host and port goes. */
export type PathOf = (wanted: Address) => Address;

const addressPattern = /^(?<host>[^:]+|\[[^\]]+\]):(?<port>\d+)$/;

/**
 * Reads `--connect HOST:PORT=ADDR:PORT` options: what is not named goes where DNS says.
 *
 * @throws RangeError naming the option that is malformed
 */
export function pathBy(overrides: readonly string[]): PathOf {
    const table = new Map(overrides.map(parseOverride));
    return (wanted) => table.get(`${wanted.host}:${wanted.port}`) ?? wanted;
}

function parseOverride(option: string): [from: string, to: Address] {
    const [from = "", to = "", ...more] = option.split("=");
    const source = parseAddress(from);
    const target = parseAddress(to);
    if (!source || !target || more.length > 0) {
        throw new RangeError(`--connect ${option}: must read HOST:PORT=ADDR:PORT`);
    }
    return [`${source.host}:${source.port}`, target];
}

function parseAddress(text: string): Address | undefined {
    const { host, port } = addressPattern.exec(text)?.groups ?? {};
    if (host === undefined || Number(port) < 1 || Number(port) > 65535) return undefined;
    return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}
