/** Exec probe of a pod: exit 0 where the service says 204 on its health socket, else 1 with one line. Imported, it asks. */
import { request } from "node:http";
import { defaultHealthSocket } from "./healthSocket";

const timeoutMs = 2_000;
const socketPath = process.env.HEALTH_SOCKET ?? defaultHealthSocket;

function fail(reason: string): void {
    process.stderr.write(`not healthy: ${reason}\n`);
    process.exitCode = 1;
}

const question = request({ socketPath, path: "/healthz", timeout: timeoutMs });
question.on("response", (response) => {
    response.resume();
    if (response.statusCode !== 204) fail(`status ${response.statusCode ?? 0}`);
});
question.on("timeout", () => question.destroy(new Error(`no answer within ${timeoutMs} ms`)));
question.on("error", (error) => {
    fail(error.message);
});
question.end();
