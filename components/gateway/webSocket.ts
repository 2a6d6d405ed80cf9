import { connectionsEndedSeconds } from "../tls/connectionAge";
import { block, type Line } from "./nginxText";

/**
 * What a service is told of a client that wants a WebSocket. Of all protocols that one alone: another, such as `h2c`, would lead
 * requests past what nginx checks.
 */
export const webSocketMaps: readonly Line[] = [
    block("map $http_upgrade $websocket_upgrade", ['default "";', '"~*^websocket\\z" websocket;']),
    block("map $websocket_upgrade $websocket_connection", ['default "";', "websocket upgrade;"]),
];

/** Without an upgrade both are empty and the request is like any other. @see RFC 6455, 4.1 */
export const webSocketLines: readonly Line[] = [
    "proxy_set_header Upgrade $websocket_upgrade;",
    "proxy_set_header Connection $websocket_connection;",
    // Over the age at which a service ends a connection, so that it is the one that says goodbye.
    `proxy_read_timeout ${connectionsEndedSeconds}s;`,
    `proxy_send_timeout ${connectionsEndedSeconds}s;`,
];

/** A connection to a service is kept for the next request. */
export const keepAliveLines: readonly Line[] = ['proxy_set_header Connection "";'];
