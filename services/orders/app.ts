import { randomUUID } from "node:crypto";
import { authorise, type Log, peerIdentity } from "@encryption-in-transit/services-tls";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import type { OrderTable } from "./orderTable";
import type { PlatformApi } from "./platformApi";
import { Refusal, refusalOf } from "./refusal";

export interface AppSettings {
    readonly allowedClients: readonly string[];
    readonly table: Pick<OrderTable, "insert" | "find">;
    readonly api: Pick<PlatformApi, "keep">;
    readonly log: Log;
}

const bodyLimitBytes = 4096;

/** `POST /v1/orders` with `{"item": text}`, and `GET /v1/orders/ID`: for allowed callers alone, also where nothing is found. */
export function createApp(settings: AppSettings): Express {
    const app = express();
    app.disable("x-powered-by").disable("etag").set("query parser", false);
    app.use((request: Request, _response: Response, next: NextFunction) => {
        authorise({ identity: peerIdentity(request) ?? "", via: "direct" }, settings);
        next();
    });
    app.post(
        "/v1/orders",
        express.json({ limit: bodyLimitBytes, inflate: false }),
        async (request: Request<unknown, unknown, unknown>, response: Response) => {
            const order = await take(itemOf(request.body), settings);
            response.status(201).location(`/v1/orders/${order.id}`).json(order);
        },
    );
    app.get("/v1/orders/:id", async (request: Request<{ id: string }>, response: Response) => {
        const { id } = request.params;
        const order = /^[0-9a-f-]{36}$/.test(id) ? await settings.table.find(id) : undefined;
        if (order === undefined) throw new Refusal(404, "not_found");
        response.json(order);
    });
    app.use(() => {
        throw new Refusal(404, "not_found");
    });
    // Express knows an error handler by its four parameters.
    app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
        const { status, code, reason } = refusalOf(error);
        const peer = peerIdentity(request);
        settings.log.warn({ event: "order_refused", peer, status, code, reason }, "refused");
        if (response.headersSent) next(error);
        else response.status(status).json({ error: code });
    });
    return app;
}

/** The receipt first: an order without one would be worse than a receipt without an order. */
async function take(item: string, { table, api, log }: AppSettings) {
    const receipt = await api.keep(item);
    const order = { id: randomUUID(), item, receipt };
    await table.insert(order);
    log.info({ event: "order_taken", id: order.id, receipt }, "order taken");
    return order;
}

function itemOf(sent: unknown): string {
    if (typeof sent === "object" && sent !== null && "item" in sent) {
        const { item } = sent;
        if (typeof item === "string" && /^[\w .,-]{1,200}$/.test(item)) return item;
    }
    throw new Refusal(400, "malformed", 'not {"item": text}');
}
