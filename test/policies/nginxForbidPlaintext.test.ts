import { nginxForbidPlaintext } from "../../policies/rules/nginxForbidPlaintext";
import { configMap, judge } from "./judging";
import { plainConf, renderedConf } from "./nginxConf";

const gots = (text: string): string[] =>
    judge(nginxForbidPlaintext, configMap({ "nginx.conf": text })).map(({ got }) => got);

const inHttp = (more: string): string => plainConf.replace("http {", `http { ${more}`);
const inLocation = (more: string): string =>
    plainConf.replace("proxy_pass https://backend;", `proxy_pass https://backend; ${more}`);

it.each([
    ["what the component renders", renderedConf()],
    ["a file by hand", plainConf],
    [
        "ssl on every form of address",
        inHttp(
            "server { listen 443 ssl; listen [::]:443 ssl default_server; listen 10.0.0.1:443 ssl proxy_protocol; listen localhost:8443 ssl; }",
        ),
    ],
    ["quic", inHttp("server { listen 443 quic reuseport; }")],
    ["a Unix socket", inHttp("server { listen unix:/run/x.sock; location / { return 200; } }")],
    [
        "a redirect with a port and a path",
        inHttp(
            "server { listen 80; server_tokens off; return 308 https://a.example.org:8443/x$request_uri; }",
        ),
    ],
    ["a closed connection", inHttp("server { listen 80 default_server; return 444; }")],
    [
        "an upstream over a Unix socket",
        inLocation("if ($x) { proxy_pass http://unix:/run/app.sock:/x; }"),
    ],
    [
        "an upstream block of Unix sockets",
        inHttp(
            "upstream app { server unix:/run/a.sock; } server { listen 443 ssl; location / { proxy_pass http://app/x; } }",
        ),
    ],
    ["https in another case", inLocation("if ($x) { proxy_pass HTTPS://backend; }")],
    ["https to a variable name", inLocation("if ($x) { proxy_pass https://$backend; }")],
    ["gRPC over TLS", inLocation("if ($x) { grpc_pass grpcs://backend; }")],
    [
        "uwsgi over TLS and over a Unix socket",
        inLocation(
            "if ($x) { uwsgi_pass suwsgi://backend; } if ($y) { fastcgi_pass unix:/run/php.sock; }",
        ),
    ],
    [
        "a stream with TLS on both sides",
        `${plainConf} stream { server { listen 5432 ssl; proxy_ssl on; proxy_pass db:5432; } }`,
    ],
    ["a plaintext listener in a comment", inHttp("# server { listen 80; }\n")],
    ["a plaintext listener in a string", inHttp("add_header X 'server { listen 80; }';")],
    ["a map that holds the word", inHttp("map $x $y { server 1; proxy_pass http://x; }")],
])("accepts %s", (_case, text) => {
    expect(gots(text)).toEqual([]);
});

it.each([
    [
        "a listener without ssl",
        inHttp("server { listen 8081; location / { return 200; } }"),
        "listen 8081",
    ],
    [
        "an IPv6 listener without ssl",
        inHttp("server { listen [::]:8081 default_server; }"),
        "listen [::]:8081 default_server",
    ],
    ["no listener", inHttp("server { server_name x; }"), "no listen, which means *:80"],
    [
        "`ssl` as a directive, which nginx no longer knows",
        inHttp("server { listen 443; ssl on; }"),
        "listen 443",
    ],
    [
        "a second listener",
        plainConf.replace("listen 8443 ssl;", "listen 8443 ssl; listen 8444;"),
        "listen 8444",
    ],
    [
        "ssl in another case, which nginx refuses",
        inHttp("server { listen 443 SSL; }"),
        "listen 443 SSL",
    ],
    [
        "a redirect to the client's host",
        inHttp("server { listen 80; return 308 https://$host$request_uri; }"),
        "listen 80",
    ],
    [
        "a redirect to a name that the client ends",
        inHttp("server { listen 80; return 308 https://a.example.org$host; }"),
        "listen 80",
    ],
    [
        "a redirect to a decoded path",
        inHttp("server { listen 80; return 308 https://a.example.org$uri; }"),
        "listen 80",
    ],
    [
        "a redirect to http",
        inHttp("server { listen 80; return 308 http://a.example.org$request_uri; }"),
        "listen 80",
    ],
    [
        "a redirect that loses the method",
        inHttp("server { listen 80; return 301 https://a.example.org$request_uri; }"),
        "listen 80",
    ],
    [
        "a redirect beside a location",
        inHttp(
            "server { listen 80; return 308 https://a.example.org; location /x { return 200; } }",
        ),
        "listen 80",
    ],
    [
        "a redirect beside a root",
        inHttp("server { listen 80; root /x; return 308 https://a.example.org; }"),
        "listen 80",
    ],
    [
        "a redirect in a location alone",
        inHttp("server { listen 80; location / { return 308 https://a.example.org; } }"),
        "listen 80",
    ],
    [
        "an answer beside a close",
        inHttp("server { listen 80; return 444; return 200 hello; }"),
        "listen 80",
    ],
    [
        "a plaintext upstream",
        inLocation("if ($x) { proxy_pass http://backend; }"),
        "proxy_pass http://backend",
    ],
    [
        "a plaintext upstream in another case",
        inLocation("if ($x) { proxy_pass HTTP://backend; }"),
        "proxy_pass HTTP://backend",
    ],
    [
        "a plaintext upstream on this host",
        inLocation("if ($x) { proxy_pass http://127.0.0.1:3001; }"),
        "proxy_pass http://127.0.0.1:3001",
    ],
    [
        "an upstream of a variable",
        inLocation("if ($x) { proxy_pass $backend; }"),
        "proxy_pass $backend, whose scheme only the request decides",
    ],
    [
        "an upstream by the client's scheme",
        inLocation("if ($x) { proxy_pass $scheme://backend; }"),
        "proxy_pass $scheme://backend, whose scheme only the request decides",
    ],
    [
        "an upstream block of which one server is remote",
        inHttp(
            "upstream app { server unix:/a; server b:80; } server { listen 443 ssl; location / { proxy_pass http://app; } }",
        ),
        "proxy_pass http://app",
    ],
    [
        "gRPC in plaintext",
        inLocation("if ($x) { grpc_pass grpc://backend; }"),
        "grpc_pass grpc://backend",
    ],
    [
        "gRPC without a scheme",
        inLocation("if ($x) { grpc_pass backend:50051; }"),
        "grpc_pass backend:50051",
    ],
    [
        "gRPC to a variable",
        inLocation("if ($x) { grpc_pass $backend; }"),
        "grpc_pass $backend, whose scheme only the request decides",
    ],
    [
        "uwsgi in plaintext",
        inLocation("if ($x) { uwsgi_pass backend:80; }"),
        "uwsgi_pass backend:80",
    ],
    [
        "FastCGI over the network",
        inLocation("if ($x) { fastcgi_pass php:9000; }"),
        "fastcgi_pass php:9000",
    ],
    [
        "a pass three blocks deep",
        inLocation("location /a { limit_except GET { proxy_pass http://backend; } }"),
        "proxy_pass http://backend",
    ],
    [
        "a stream without TLS to its upstream",
        `${plainConf} stream { server { listen 5432 ssl; proxy_pass db:5432; } }`,
        "proxy_pass db:5432",
    ],
    [
        "a stream whose TLS is off",
        `${plainConf} stream { proxy_ssl off; server { listen 5432 ssl; proxy_pass db:5432; } }`,
        "proxy_pass db:5432",
    ],
    [
        "a stream without TLS",
        `${plainConf} stream { server { listen 5432; proxy_ssl on; proxy_pass db:5432; } }`,
        "listen 5432",
    ],
    [
        "a redirect in a stream, where there is none",
        `${plainConf} stream { server { listen 80; return 444; } }`,
        "listen 80",
    ],
    ["mail without TLS", `${plainConf} mail { server { listen 25; protocol smtp; } }`, "listen 25"],
    ["a quoted directive", inHttp(`"server" { 'listen' "8081"; }`), "listen 8081"],
    ["a second http block", `${plainConf} http { server { listen 8081; } }`, "listen 8081"],
])("refuses %s", (_case, text, got) => {
    expect(gots(text)).toEqual([got]);
});

it("says where, and what would be right", () => {
    const found = judge(
        nginxForbidPlaintext,
        configMap({ "nginx.conf": plainConf.replace("https://backend", "http://backend") }),
    );
    expect(found).toEqual([
        {
            at: 'data["nginx.conf"]:13',
            got: "proxy_pass http://backend",
            wanted: "proxy_pass https://..., or a Unix socket",
        },
    ]);
});
