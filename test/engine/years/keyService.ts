import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { SecretsProvider } from "./environment";

/**
 * Simulates a key service: the two calls of Vault's Transit that the engine makes to wrap the key of a stack's secrets. It wraps
 * nothing: what matters to the project is that there is one.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/secret/transit
 */
export class KeyService {
    private constructor(private readonly server: Server) {}

    public static async start(): Promise<KeyService> {
        const server = createServer((request, response) => {
            void text(request).then((body) => {
                response.setHeader("content-type", "application/json");
                response.end(JSON.stringify({ data: answer(request.url ?? "", body) }));
            });
        });
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        return new KeyService(server);
    }

    public get provider(): SecretsProvider {
        const { port } = this.server.address() as AddressInfo;
        const address = `http://127.0.0.1:${port}`;
        const token = "simulated";
        return {
            name: "hashivault://stack",
            env: {
                VAULT_ADDR: address,
                VAULT_TOKEN: token,
                VAULT_SERVER_URL: address,
                VAULT_SERVER_TOKEN: token,
            },
        };
    }

    public async stop(): Promise<void> {
        this.server.closeAllConnections();
        this.server.close();
        await once(this.server, "close");
    }
}

const prefix = "vault:v1:";

function answer(path: string, body: string): Readonly<Record<string, string>> {
    const { plaintext = "", ciphertext = "" } = JSON.parse(body) as Record<string, string>;
    return path.includes("/encrypt/")
        ? { ciphertext: prefix + plaintext }
        : { plaintext: ciphertext.slice(prefix.length) };
}
