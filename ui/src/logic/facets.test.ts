import { describe, expect, it } from 'vitest';
import { type CountedField, facetSections, furtherFacet, isListed, missingFilter, presentFilter, valueFilter } from './facets.ts';

const field = (place: CountedField['place'], key: string, count: number): CountedField => ({
  field: place === 'record' ? key : `${place}.${key}`,
  place,
  key,
  count,
});
const FIELDS = [
  field('record', 'service', 9),
  field('record', 'level', 9),
  field('resource', 'service.name', 9),
  field('attributes', 'http.route', 5),
  field('attributes', 'version', 4),
  field('resource', 'version', 3),
  field('attributes', 'status', 2),
  field('attributes', 'odd key: "x"', 1),
];
const facet = (name: string) => {
  const found = facetSections(FIELDS)
    .flatMap(({ facets }) => facets)
    .find((candidate) => candidate.field === name);
  if (found === undefined) throw new Error(`${name} is not listed`);
  return found;
};

describe('furtherFacet', () => {
  it('is a field by its key alone, or by its place too', () => {
    expect(furtherFacet('wide.key', 1)).toEqual({
      field: 'wide.key',
      label: 'wide.key',
      queryName: 'wide.key',
      column: 'wide.key',
      count: 1,
      hasNumbers: false,
    });
    expect(presentFilter(furtherFacet('resource.host.name', 1))).toBe('resource.host.name:*');
    expect(furtherFacet('resource.host.name', 1).column).toBe('host.name');
    expect(presentFilter(furtherFacet('odd key: "x"', 1))).toBe('odd\\ key\\:\\ \\"x\\":*');
  });

  it('is of names that are not in the list', () => {
    expect(['version', 'resource.version', 'level'].map((name) => isListed(FIELDS, name))).toEqual([true, true, true]);
    expect(['vers', 'Version', 'scope.version'].map((name) => isListed(FIELDS, name))).toEqual([false, false, false]);
  });
});

describe('facetSections', () => {
  it('offers a column of each key but the empty one, which no address can hold', () => {
    const [section] = facetSections([field('attributes', '', 2), field('attributes', 'a', 1)]);
    expect(section?.facets.map(({ column }) => column)).toEqual([undefined, 'a']);
  });

  it('lists the record’s own fields, then attributes by place, without what says the same twice', () => {
    expect(facetSections(FIELDS).map(({ place, facets }) => [place, facets.map(({ label }) => label)])).toEqual([
      ['record', ['level', 'service']],
      ['attributes', ['http.route', 'version', 'status', 'odd key: "x"']],
      ['resource', ['version']],
    ]);
  });

  it('keeps what is called so', () => {
    expect(facetSections(FIELDS, ' ROUTE').map(({ place, facets }) => [place, facets.map(({ label }) => label)])).toEqual([
      ['attributes', ['http.route']],
    ]);
  });
});

describe('filters of a facet', () => {
  it.each([
    ['attributes.http.route', '/cart items', 'http.route:"/cart items"'],
    // The key is in two places: only the place tells which is counted.
    ['attributes.version', '1', 'attributes.version:1'],
    ['resource.version', '1', 'resource.version:1'],
    // The short name is another field.
    ['attributes.status', '500', 'attributes.status:500'],
    ['attributes.odd key: "x"', '', 'odd\\ key\\:\\ \\"x\\":""'],
    ['level', 'error', 'level:error'],
  ])('name %s so that just its records are found', (name, value, expected) => {
    expect(valueFilter(facet(name), value)).toBe(expected);
  });

  it('find the records that have the field, and those that do not', () => {
    expect(presentFilter(facet('resource.version'))).toBe('resource.version:*');
    expect(missingFilter(facet('attributes.http.route'))).toBe('-http.route:*');
  });
});
