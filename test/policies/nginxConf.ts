import { ClientCertificates, renderNginxConf } from "../../components/gateway/nginxConf";
import { tlsProfile, TlsProfileName } from "../../components/tls/profile";

const certs = "/etc/certs";
const client = "/etc/client-certs";

/** What the gateway's component renders: compliant, and what each test of an nginx rule changes in one place. */
export const renderedConf = (profile = TlsProfileName.Modern): string =>
    renderNginxConf({
        profile: tlsProfile(profile),
        ports: { tls: 8443, redirect: 8080, metrics: 9443 },
        servers: [
            {
                names: ["gateway.local.bluefly.io"],
                clientCertificates: ClientCertificates.Required,
                upstream: { host: "api.llm-platform.svc", port: 3001 },
            },
        ],
        metrics: {
            name: "gateway.llm-platform.svc",
            clients: ["prometheus.monitoring.svc"],
        },
        paths: {
            certificate: `${certs}/tls.crt`,
            privateKey: `${certs}/tls.key`,
            clientCertificate: `${client}/tls.crt`,
            clientPrivateKey: `${client}/tls.key`,
            trustBundle: "/etc/trust/ca.crt",
            run: "/run/nginx",
            temporary: "/tmp",
        },
    });

/** Compliant and small, written by hand: what a team without our component would mount. */
export const plainConf = `
events {}
http {
    ssl_protocols TLSv1.3;
    ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256;
    ssl_ecdh_curve prime256v1:secp384r1;
    upstream backend { server api.llm-platform.svc:3001; }
    server {
        listen 8443 ssl;
        server_name gateway.local.bluefly.io;
        ssl_verify_client on;
        location / {
            proxy_pass https://backend;
            proxy_ssl_protocols TLSv1.3;
            proxy_ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256;
            proxy_ssl_verify on;
            proxy_ssl_trusted_certificate /etc/trust/ca.crt;
            proxy_ssl_name api.llm-platform.svc;
            proxy_set_header Client-Cert $ssl_client_escaped_cert;
        }
    }
    server { listen 8080; server_name gateway.local.bluefly.io; return 308 https://gateway.local.bluefly.io$request_uri; }
    server { listen unix:/run/nginx/health.sock; location = /healthz { return 204; } }
}
`;
