/** Label of a tenant's namespace, with the tenant's name. A team cannot set it: it has no right to namespaces. */
export const tenantLabel = "encryption-in-transit/tenant";
