import {
    authorise,
    type Caller,
    type CallerSettings,
    type Clock,
    identify,
    type Log,
    peerIdentity,
    refuseForgedHeaders,
    requestIdOf,
} from "@encryption-in-transit/services-tls";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import { type AuditEntry, auditRequest } from "./audit";
import { recordRoutes } from "./recordRoutes";
import type { Records } from "./records";
import { Refusal, refusalOf } from "./refusal";

export interface AppSettings extends CallerSettings {
    readonly log: Log;
    readonly clock: Clock;
    /** Undefined: there are no routes to them. */
    readonly records?: Records | undefined;
}

/** What a request carries from one handler to the next. */
interface Locals extends Record<string, unknown> {
    audit: AuditEntry;
    caller: Caller;
}

type Answer = Response<unknown, Locals>;

const bodyLimitBytes = 64 * 1024;

/**
 * The HTTP surface. In this order: audit, forged headers, health, identity, authorisation, routes. What is not health needs an
 * allowed caller, also where nothing is found.
 */
export function createApp(settings: AppSettings): Express {
    const app = express();
    app.disable("x-powered-by").disable("etag").set("query parser", false);
    app.use((request: Request, response: Answer, next: NextFunction) => {
        beginAudit(settings, request, response);
        refuseForgedHeaders(request, settings);
        next();
    });
    app.get("/healthz", (_request: Request, response: Answer) => {
        response.status(204).end();
    });
    app.use((request: Request, response: Answer, next: NextFunction) => {
        const { caller } = identify(request, settings);
        response.locals.audit.caller = caller;
        response.locals.caller = caller;
        authorise(caller, settings);
        next();
    });
    app.get("/v1/whoami", (_request: Request, response: Answer) => {
        response.json(response.locals.caller);
    });
    app.post(
        "/v1/echo",
        express.json({ limit: bodyLimitBytes, inflate: false, strict: false }),
        echo,
    );
    if (settings.records) app.use(recordRoutes(settings.records));
    app.use(() => {
        throw new Refusal(404, "not_found");
    });
    app.use(answerError);
    return app;
}

function beginAudit(settings: AppSettings, request: Request, response: Answer): void {
    const peer = peerIdentity(request);
    const requestId = requestIdOf(request, peer === settings.gatewayIdentity);
    const audit: AuditEntry = { requestId, peer };
    response.locals.audit = audit;
    response.set({
        "X-Request-Id": requestId,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    });
    auditRequest(settings.log, settings.clock, request, response, audit);
}

/** The body parser leaves undefined where the body is empty or of another type. */
function echo(request: Request<unknown, unknown, unknown>, response: Answer): void {
    if (request.body === undefined) throw new Refusal(400, "malformed", "no JSON body");
    response.json(request.body);
}

/** Express knows an error handler by its four parameters. */
function answerError(
    error: unknown,
    _request: Request,
    response: Answer,
    next: NextFunction,
): void {
    const refusal = refusalOf(error);
    response.locals.audit.refusal = refusal;
    if (response.headersSent) {
        next(error);
        return;
    }
    if (refusal.status === 503) response.set("Retry-After", "1");
    response.status(refusal.status).json({ error: refusal.code });
}
