import * as fc from "fast-check";
import { CertificateUsage } from "../../../components/pki/workloadCertificate";
import { issuancePolicies, policyName } from "../../../components/tenant/issuancePolicy";

const issuer = { issuerName: "internal-ca", issuerKind: "ClusterIssuer", lifetimeHours: 2160 };

const selector = {
    issuerRef: { name: "internal-ca", kind: "ClusterIssuer", group: "cert-manager.io" },
    namespace: { matchNames: ["orders", "orders-batch"] },
};
const constraints = { maxDuration: "2160h" };
const label = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
const clientName = {
    required: true,
    validations: [
        {
            rule: `self.matches("^${label}[.]" + cr.namespace + "[.]svc$")`,
            message: "a client has its identity, in its own namespace",
        },
    ],
};

it("lets a server have names of its namespace and its hosts, a client its identity and its common names", () => {
    expect(
        issuancePolicies(
            {
                namespaces: ["orders-batch", "orders"],
                hosts: ["shop.example.com", "orders.example.com"],
                commonNames: ["orders_writer", "orders_reader"],
            },
            issuer,
        ),
    ).toEqual({
        server: {
            allowed: {
                dnsNames: {
                    required: true,
                    validations: [
                        {
                            rule: `self in ["orders.example.com", "shop.example.com"] || self.matches("^${label}[.]" + cr.namespace + "[.]svc([.]cluster[.]local)?$")`,
                            message:
                                "a server has names of its own namespace and hosts granted to it",
                        },
                    ],
                },
                isCA: false,
                usages: ["digital signature", "server auth"],
            },
            constraints,
            selector,
        },
        client: {
            allowed: {
                commonName: {
                    validations: [
                        {
                            rule: 'self in ["orders_reader", "orders_writer"]',
                            message: "a client has common names granted to it",
                        },
                    ],
                },
                dnsNames: clientName,
                isCA: false,
                usages: ["digital signature", "client auth"],
            },
            constraints,
            selector,
        },
    });
});

it("lets nobody have a host or a common name where none is granted", () => {
    const { server, client } = issuancePolicies(
        { namespaces: ["orders-batch", "orders"], hosts: [], commonNames: [] },
        { ...issuer, lifetimeHours: 1128 },
    );
    expect(server.allowed).toEqual({
        dnsNames: {
            required: true,
            validations: [
                {
                    rule: `self.matches("^${label}[.]" + cr.namespace + "[.]svc([.]cluster[.]local)?$")`,
                    message: "a server has names of its own namespace",
                },
            ],
        },
        isCA: false,
        usages: ["digital signature", "server auth"],
    });
    expect(client.allowed).toEqual({
        dnsNames: clientName,
        isCA: false,
        usages: ["digital signature", "client auth"],
    });
    expect(server.constraints).toEqual({ maxDuration: "1128h" });
});

it("names the two policies by owner and use", () => {
    expect(Object.values(CertificateUsage).map((usage) => policyName("orders", usage))).toEqual([
        "orders-server",
        "orders-client",
    ]);
});

it.each<[string, { hosts?: string[]; commonNames?: string[] }, string]>([
    [
        "a host that would end the rule's text",
        { hosts: ['a.b"] || true || self in ["'] },
        '[hosts] is "a.b\\"] || true || self in [\\""; allowed a lower-case DNS name of two labels or more, of at most 63 characters each and 253 in all, without scheme, port, wildcard or trailing dot, and no address',
    ],
    [
        "a wildcard",
        { hosts: ["*.example.com"] },
        '[hosts] is "*.example.com"; allowed a lower-case DNS name of two labels or more, of at most 63 characters each and 253 in all, without scheme, port, wildcard or trailing dot, and no address',
    ],
    [
        "a common name with a space",
        { commonNames: ["app user"] },
        '[commonNames] has "app user"; allowed 1 to 64 letters, digits, ".", "_" and "-"',
    ],
])("refuses %s", (_name, changes, message) => {
    const grant = { namespaces: ["orders"], hosts: [], commonNames: [], ...changes };
    expect(() => issuancePolicies(grant, issuer)).toThrow(new Error(message));
});

const label63 = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?$/);
const anyGrant = fc.record({
    namespaces: fc.uniqueArray(label63, { minLength: 1, maxLength: 3 }),
    hosts: fc.array(
        // The last label is no number: that would be an address.
        fc
            .tuple(label63, fc.stringMatching(/^[a-z][a-z0-9]{0,20}$/))
            .map((labels) => labels.join(".")),
        { maxLength: 3 },
    ),
    commonNames: fc.array(fc.stringMatching(/^[a-z_][a-z0-9_]{0,20}$/), { maxLength: 3 }),
});

it("says the same in whatever order it is told, and nothing of anybody else", () => {
    fc.assert(
        fc.property(anyGrant, fc.integer({ min: 2, max: 2160 }), (grant, lifetimeHours) => {
            const granted = { ...issuer, lifetimeHours };
            const policies = issuancePolicies(grant, granted);
            const turned = {
                namespaces: [...grant.namespaces].reverse(),
                hosts: [...grant.hosts].reverse(),
                commonNames: [...grant.commonNames].reverse(),
            };
            expect(issuancePolicies(turned, granted)).toEqual(policies);
            const text = (spec: object) => JSON.stringify(spec);
            for (const spec of Object.values(policies)) {
                expect(spec.selector.namespace.matchNames).toEqual([...grant.namespaces].sort());
                expect(text(spec)).not.toContain("*");
                expect(spec.constraints.maxDuration).toBe(`${lifetimeHours}h`);
            }
            expect(policies.server.allowed).not.toHaveProperty("commonName");
            for (const host of grant.hosts)
                expect(text(policies.client)).not.toContain(JSON.stringify(host));
        }),
    );
});
