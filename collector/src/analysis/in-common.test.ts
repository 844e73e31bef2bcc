import { describe, expect, it } from 'vitest';
import { inCommon } from './in-common.ts';

const call = (own: Readonly<Record<string, string>>, resource: Readonly<Record<string, string>> = {}) => {
  const pairs = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));
  return { attributes: pairs(own), resource: { attributes: pairs(resource) } };
};
const times = <T>(count: number, make: (number: number) => T): T[] => Array.from({ length: count }, (_, number) => make(number));
const TENANTS = ['acme', 'northwind', 'contoso', 'initech'];

describe('inCommon', () => {
  const others = times(40, (number) =>
    call({ tenant: TENANTS[number % 4] ?? '', method: 'POST', id: `${number}` }, { host: `node-${number % 5}` }),
  );

  it('finds the value that all that failed have and few of the others, and not what all have anyway', () => {
    const failed = times(10, (number) =>
      call({ tenant: 'northwind', method: 'POST', id: `failed ${number}` }, { host: `node-${number % 5}` }),
    );
    expect(inCommon(failed, others)).toEqual([{ key: 'tenant', value: 'northwind', others: 10 }]);
  });

  it('finds what is of the resource, the rarest first, and nothing that comes of the failure', () => {
    const failed = times(8, () =>
      call({ tenant: 'northwind', 'http.response.status_code': '500', 'error.type': '500' }, { host: 'node-17' }),
    );
    expect(inCommon(failed, others)).toEqual([
      { key: 'host', value: 'node-17', others: 0 },
      { key: 'tenant', value: 'northwind', others: 10 },
    ]);
  });

  it('says nothing where it may be chance: of few that failed, beside few others, of what half of them have', () => {
    const failed = times(4, () => call({ tenant: 'northwind' }));
    expect(inCommon(failed, others)).toEqual([]);
    expect(
      inCommon(
        times(10, () => call({ tenant: 'northwind' })),
        others.slice(0, 12),
      ),
    ).toEqual([]);
    expect(
      inCommon(
        times(6, () => call({ tenant: 'acme' })),
        times(40, (number) => call({ tenant: TENANTS[number % 2] ?? '' })),
      ),
    ).toEqual([]);
    expect(inCommon([], others)).toEqual([]);
  });
});
