import { createPublicKey, randomBytes, type JsonWebKey, type KeyObject } from "node:crypto";

/** The line of an authorized_keys file, without comment. Undefined where OpenSSH has no keys of this kind. @see RFC 4253, 6.6 */
export function opensshPublicKey(key: KeyObject): string | undefined {
    const blob = publicBlob(key);
    return blob && `${blob.type} ${blob.bytes.toString("base64")}`;
}

/**
 * The private key in OpenSSH's own format, unencrypted; empty where OpenSSH has no keys of this kind.
 *
 * @see https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.key
 */
export function opensshPrivateKey(key: KeyObject): string {
    const blob = publicBlob(createPublicKey(key));
    if (!blob) return "";
    const check = randomBytes(4);
    const secret = Buffer.concat([
        check,
        check,
        field(blob.type),
        ...privateFields(key.export({ format: "jwk" }), blob),
        field(""),
    ]);
    const container = Buffer.concat([
        Buffer.from("openssh-key-v1\0"),
        field("none"),
        field("none"),
        field(""),
        Buffer.from([0, 0, 0, 1]),
        field(blob.bytes),
        field(padded(secret)),
    ]);
    const lines = container.toString("base64").replace(/.{64}(?=.)/g, "$&\n");
    return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

interface PublicBlob {
    readonly type: string;
    readonly bytes: Buffer;
}

const nistCurves: Readonly<Record<string, string>> = {
    "P-256": "nistp256",
    "P-384": "nistp384",
    "P-521": "nistp521",
};

function publicBlob(key: KeyObject): PublicBlob | undefined {
    // JWK has no P-224 either.
    if (key.asymmetricKeyDetails?.namedCurve === "secp224r1") return undefined;
    const jwk = key.export({ format: "jwk" });
    const blob = (type: string, ...parts: Buffer[]): PublicBlob => ({
        type,
        bytes: Buffer.concat([field(type), ...parts]),
    });
    if (jwk.kty === "RSA") return blob("ssh-rsa", number(jwk.e), number(jwk.n));
    if (jwk.kty === "OKP") return blob("ssh-ed25519", field(bytes(jwk.x)));
    const curve = nistCurves[jwk.crv ?? ""];
    if (curve === undefined) return undefined;
    return blob(`ecdsa-sha2-${curve}`, field(curve), field(point(jwk)));
}

function privateFields(jwk: JsonWebKey, { bytes: publicBytes, type }: PublicBlob): Buffer[] {
    if (jwk.kty === "RSA") return [jwk.n, jwk.e, jwk.d, jwk.qi, jwk.p, jwk.q].map(number);
    if (jwk.kty === "OKP") {
        const open = bytes(jwk.x);
        return [field(open), field(Buffer.concat([bytes(jwk.d), open]))];
    }
    // Curve and point stand in the public part already, after the type.
    return [publicBytes.subarray(field(type).length), number(jwk.d)];
}

const bytes = (base64url: string | undefined): Buffer => Buffer.from(base64url ?? "", "base64url");

const point = ({ x, y }: JsonWebKey): Buffer =>
    Buffer.concat([Buffer.from([4]), bytes(x), bytes(y)]);

/** A length and that many bytes. */
function field(content: string | Buffer): Buffer {
    const body = Buffer.from(content);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    return Buffer.concat([length, body]);
}

/** A positive number of any size: no leading zeros, but one where the first bit is set. */
function number(base64url: string | undefined): Buffer {
    const digits = bytes(base64url);
    const start = digits.findIndex((byte) => byte !== 0);
    const body = start < 0 ? Buffer.alloc(0) : digits.subarray(start);
    const signed = (body[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), body]) : body;
    return field(signed);
}

/** To a multiple of eight, by 1, 2, 3 and so on. */
function padded(content: Buffer): Buffer {
    const missing = (8 - (content.length % 8)) % 8;
    return Buffer.concat([content, Buffer.from(Array.from({ length: missing }, (_, i) => i + 1))]);
}
