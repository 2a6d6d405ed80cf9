import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { generateKeyPairSync, randomBytes, webcrypto } from "node:crypto";
import { cluster } from "./settings";

/** A certificate and its private key, both PEM. */
export interface KeyPair {
    readonly certificate: string;
    readonly privateKey: string;
}

/** Who a client certificate speaks for: user is the common name, groups are organisations. */
export interface Identity {
    readonly user: string;
    readonly groups?: readonly string[];
}

/** What the cluster's parts authenticate with: two authorities, server certificates, and one client identity each. */
export interface ClusterCertificates {
    readonly ca: KeyPair;
    readonly frontProxyCa: KeyPair;
    readonly apiServer: KeyPair;
    readonly kubelet: KeyPair;
    readonly frontProxyClient: KeyPair;
    readonly certManagerWebhook: KeyPair;
    readonly clients: Readonly<Record<ClientName, KeyPair>>;
    /** Signs service account tokens. */
    readonly serviceAccounts: { readonly publicKey: string; readonly privateKey: string };
}

/** Every client but the kubelet, whose certificate serves too. */
export const CLIENTS = {
    admin: { user: "kubernetes-admin", groups: ["system:masters"] },
    "apiserver-kubelet": { user: "kube-apiserver-kubelet-client", groups: ["system:masters"] },
    "controller-manager": { user: "system:kube-controller-manager" },
    scheduler: { user: "system:kube-scheduler" },
    "kube-proxy": { user: "system:kube-proxy" },
    // Admission policies know operators by the service accounts that they have in other clusters.
    "cert-manager": {
        user: "system:serviceaccount:cert-manager:cert-manager",
        groups: ["system:serviceaccounts", "system:serviceaccounts:cert-manager"],
    },
    "approver-policy": {
        user: "system:serviceaccount:cert-manager:cert-manager-approver-policy",
        groups: ["system:serviceaccounts", "system:serviceaccounts:cert-manager"],
    },
    "load-balancer": { user: "lab:load-balancer" },
} as const satisfies Record<string, Identity>;

export type ClientName = keyof typeof CLIENTS;

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const LIFETIME_DAYS = 365;
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

interface LeafUse {
    readonly usages: readonly string[];
    readonly dns?: readonly string[];
    readonly ip?: readonly string[];
}

const API_SERVER_USE: LeafUse = {
    usages: [SERVER_AUTH],
    dns: [
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        `kubernetes.default.svc.${cluster.domain}`,
        "localhost",
    ],
    ip: ["127.0.0.1", cluster.apiServiceAddress, cluster.nodeAddress],
};

/** The API server calls webhooks of operators on loopback, where every daemon listens. */
const WEBHOOK_USE: LeafUse = { usages: [SERVER_AUTH], ip: ["127.0.0.1"] };

const KUBELET: Identity = {
    user: `system:node:${cluster.nodeName}`,
    groups: ["system:nodes"],
};

const KUBELET_USE: LeafUse = {
    usages: [SERVER_AUTH, CLIENT_AUTH],
    dns: [cluster.nodeName],
    ip: [cluster.nodeAddress],
};

x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);

/** Makes all keys and certificates of a new cluster; nothing of an earlier one is valid afterwards. */
export async function createClusterCertificates(now: Date): Promise<ClusterCertificates> {
    const ca = await createAuthority("kubernetes-ca", now);
    const frontProxyCa = await createAuthority("front-proxy-ca", now);
    return {
        ca: exported(ca),
        frontProxyCa: exported(frontProxyCa),
        apiServer: await issue(ca, { user: "kube-apiserver" }, API_SERVER_USE, now),
        kubelet: await issue(ca, KUBELET, KUBELET_USE, now),
        frontProxyClient: await issue(
            frontProxyCa,
            { user: "front-proxy-client" },
            { usages: [CLIENT_AUTH] },
            now,
        ),
        certManagerWebhook: await issue(ca, { user: "cert-manager-webhook" }, WEBHOOK_USE, now),
        clients: await issueClients(ca, now),
        serviceAccounts: generateKeyPairSync("rsa", {
            modulusLength: 2048,
            publicKeyEncoding: { type: "spki", format: "pem" },
            privateKeyEncoding: { type: "pkcs8", format: "pem" },
        }),
    };
}

async function issueClients(ca: Authority, now: Date): Promise<Record<ClientName, KeyPair>> {
    const made = Object.entries(CLIENTS).map(async ([name, identity]) => {
        return [name, await issue(ca, identity, { usages: [CLIENT_AUTH] }, now)] as const;
    });
    return Object.fromEntries(await Promise.all(made)) as Record<ClientName, KeyPair>;
}

interface Authority {
    readonly certificate: x509.X509Certificate;
    readonly keys: webcrypto.CryptoKeyPair;
    readonly privateKey: string;
}

async function createAuthority(commonName: string, now: Date): Promise<Authority> {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
        name: [{ CN: [commonName] }],
        keys,
        signingAlgorithm: ALGORITHM,
        ...validity(now),
        extensions: [
            new x509.BasicConstraintsExtension(true, undefined, true),
            new x509.KeyUsagesExtension(
                x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
                true,
            ),
            await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        ],
    });
    return { certificate, keys, privateKey: await privateKeyPem(keys) };
}

async function issue(
    authority: Authority,
    identity: Identity,
    use: LeafUse,
    now: Date,
): Promise<KeyPair> {
    const keys = await newKeys();
    const names = [
        ...(use.dns ?? []).map((value) => ({ type: "dns" as const, value })),
        ...(use.ip ?? []).map((value) => ({ type: "ip" as const, value })),
    ];
    const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: randomBytes(16).toString("hex"),
        subject: [
            ...(identity.groups ?? []).map((group) => ({ O: [group] })),
            { CN: [identity.user] },
        ],
        issuer: authority.certificate.subjectName,
        publicKey: keys.publicKey,
        signingKey: authority.keys.privateKey,
        signingAlgorithm: ALGORITHM,
        ...validity(now),
        extensions: [
            new x509.BasicConstraintsExtension(false, undefined, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
            new x509.ExtendedKeyUsageExtension([...use.usages]),
            ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
        ],
    });
    return {
        certificate: `${certificate.toString("pem")}\n`,
        privateKey: await privateKeyPem(keys),
    };
}

/** From an hour ago, since the clock of whoever checks may be a little behind. */
function validity(now: Date): { notBefore: Date; notAfter: Date } {
    const hour = 3_600_000;
    return {
        notBefore: new Date(now.getTime() - hour),
        notAfter: new Date(now.getTime() + LIFETIME_DAYS * 24 * hour),
    };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
    return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

async function privateKeyPem(keys: webcrypto.CryptoKeyPair): Promise<string> {
    const der = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
    return `${x509.PemConverter.encode(der, "PRIVATE KEY")}\n`;
}

function exported(authority: Authority): KeyPair {
    return {
        certificate: `${authority.certificate.toString("pem")}\n`,
        privateKey: authority.privateKey,
    };
}
