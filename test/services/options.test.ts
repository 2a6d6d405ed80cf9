import { constants } from "node:crypto";
import { checkContent, TlsContent } from "../../services/tls/material";
import { serverOptions } from "../../services/tls/options";
import { Pki } from "./pki";
import { serverName } from "./running";

it("a server demands a certificate, and is told nothing that has no effect", async () => {
    const pki = await Pki.create();
    const { chain, key } = await pki.leaf({ names: [serverName] });
    const trust = pki.root.certificate;
    const material = checkContent(new TlsContent(chain, key, trust), "server", new Date());
    const policy = {
        cipherSuites: ["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"],
        groups: ["prime256v1", "secp384r1"],
    };
    expect(serverOptions(policy, () => material)).toEqual({
        cert: chain,
        key,
        ca: trust,
        minVersion: "TLSv1.3",
        maxVersion: "TLSv1.3",
        ciphers: "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256",
        ecdhCurve: "prime256v1:secp384r1",
        honorCipherOrder: true,
        secureOptions: constants.SSL_OP_NO_TICKET,
        requestCert: true,
        rejectUnauthorized: true,
        handshakeTimeout: 10_000,
        SNICallback: expect.any(Function) as unknown,
    });
});
