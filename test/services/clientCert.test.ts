import { parseClientCert } from "../../services/tls/clientCert";
import fc from "fast-check";

/** The example of RFC 9440, 2.2, figure 1, and the certificate's subject as appendix A has it. */
it("reads the certificate of RFC 9440", () => {
    const header =
        ":MIIBqDCCAU6gAwIBAgIBBzAKBggqhkjOPQQDAjA6MRswGQYDVQQKDBJMZXQncyBBdXRoZW50aWNhdGUxGzAZBgNVBAMMEkxBIEludGVyb" +
        "WVkaWF0ZSBDQTAeFw0yMDAxMTQyMjU1MzNaFw0yMTAxMjMyMjU1MzNaMA0xCzAJBgNVBAMMAkJDMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQ" +
        "gAE8YnXXfaUgmnMtOXU/IncWalRhebrXmckC8vdgJ1p5Be5F/3YC8OthxM4+k1M6aEAEFcGzkJiNy6J84y7uzo9M6NyMHAwCQYDVR0TBAIwA" +
        "DAfBgNVHSMEGDAWgBRm3WjLa38lbEYCuiCPct0ZaSED2DAOBgNVHQ8BAf8EBAMCBsAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0RAQH/B" +
        "BMwEYEPYmRjQGV4YW1wbGUuY29tMAoGCCqGSM49BAMCA0gAMEUCIBHda/r1vaL6G3VliL4/Di6YK0Q6bMjeSkC3dFCOOB8TAiEAx/kHSB4ur" +
        "miZ0NX5r5XarmPk0wmuydBVoU4hBVZ1yhk=:";
    expect(parseClientCert(header)?.subject).toBe("CN=BC");
});

it("never throws and reads nothing that is not a certificate", () => {
    fc.assert(
        fc.property(
            fc.oneof(
                fc.string(),
                fc.base64String().map((text) => `:${text}:`),
            ),
            (header) => {
                expect(parseClientCert(header)).toBeUndefined();
            },
        ),
    );
});
