import type { Caller } from "@encryption-in-transit/services-tls";
import express, { type Request, type Response, Router } from "express";
import { isRecordId, type Records } from "./records";
import { Refusal } from "./refusal";

type Answer = Response<unknown, { caller: Caller } & Record<string, unknown>>;

const bodyLimitBytes = 64 * 1024;

/** `POST /v1/records` and `GET /v1/records/ID`. A record that somebody else stored is not found, as if there were none. */
export function recordRoutes(records: Records): Router {
    const router = Router();
    router.post(
        "/v1/records",
        express.json({ limit: bodyLimitBytes, inflate: false }),
        async (request: Request<unknown, unknown, unknown>, response: Answer) => {
            const id = await records.create(response.locals.caller.identity, bodyOf(request.body));
            response.status(201).location(`/v1/records/${id}`).json({ id });
        },
    );
    router.get("/v1/records/:id", async (request: Request<{ id: string }>, response: Answer) => {
        const { id } = request.params;
        const { identity } = response.locals.caller;
        const record = isRecordId(id) ? await records.find(identity, id) : undefined;
        if (record === undefined) throw new Refusal(404, "not_found");
        response.json({ id, body: record.body });
    });
    return router;
}

/** What PostgreSQL takes as it is: no NUL, which ends a C string, and no half of a character. */
const storable = /^[^\0\p{Surrogate}]*$/u;

function bodyOf(sent: unknown): string {
    if (typeof sent === "object" && sent !== null && "body" in sent) {
        const { body, ...more } = sent;
        if (typeof body === "string" && storable.test(body) && Object.keys(more).length === 0)
            return body;
    }
    throw new Refusal(400, "malformed", 'not {"body": text}');
}
