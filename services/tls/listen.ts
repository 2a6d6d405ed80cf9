import type { AddressInfo, Server } from "node:net";

/** Listens on every address; the port that was bound, which is another one where the port asked for is 0. */
export function listen(server: Server, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, () => {
            server.off("error", reject);
            resolve((server.address() as AddressInfo).port);
        });
    });
}
