import { describe, expect, it } from 'vitest';
import { createNamespace } from './namespace.ts';

describe('createNamespace', () => {
  it('leaves tenants as they are called where it has no name of its own', () => {
    for (const name of [undefined, 'default']) {
      const { nameOf, tenantOf } = createNamespace(name);
      expect([nameOf('default'), nameOf('shop'), tenantOf('shop')]).toEqual(['default', 'shop', 'shop']);
    }
  });

  it('calls the default tenant as itself, any other by both, and knows them by that again', () => {
    const { nameOf, tenantOf } = createNamespace('staging');
    expect(['default', 'shop', 'staging'].map(nameOf)).toEqual(['staging', 'staging_shop', 'staging_staging']);
    expect(['default', 'shop', 'staging'].map((tenant) => tenantOf(nameOf(tenant)))).toEqual(['default', 'shop', 'staging']);
  });
});
