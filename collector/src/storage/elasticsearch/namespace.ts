/** The tenant of whoever has said nothing else. */
const DEFAULT_TENANT = 'default';

/** What a tenant is called in the names of data streams and indices. */
export interface Namespace {
  readonly nameOf: (tenant: string) => string;
  /** What `nameOf` made of it. */
  readonly tenantOf: (name: string) => string;
}

/**
 * Without a name each tenant's own is its name in the cluster. With one, two installations that have the same tenants share a cluster and nothing in it: the
 * default tenant is called as the namespace is, as Elasticsearch's naming of data streams has it, any other has it before its own.
 */
export function createNamespace(name: string | undefined): Namespace {
  if (name === undefined || name === DEFAULT_TENANT) return { nameOf: (tenant) => tenant, tenantOf: (tenant) => tenant };
  return {
    nameOf: (tenant) => (tenant === DEFAULT_TENANT ? name : `${name}_${tenant}`),
    tenantOf: (named) => (named === name ? DEFAULT_TENANT : named.slice(name.length + 1)),
  };
}
