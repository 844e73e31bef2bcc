import type { FieldPlace, LogFieldsAnswer } from '@threadline/collector/api';
import { type Field, fieldName, quoteValue } from '@threadline/query-language';
import { isColumnKey } from './log-columns.ts';

export type CountedField = LogFieldsAnswer['fields'][number];

/** A field as the panel lists it. */
export interface Facet {
  /** As the collector names it. */
  readonly field: string;
  /** As the reader sees it: the section says where it is. */
  readonly label: string;
  /** As a query names it, so that it finds just the records that are counted. */
  readonly queryName: string;
  /** The key that a column of it has; undefined for what the list itself shows, and for a key of which none can be made. */
  readonly column: string | undefined;
  readonly count: number;
  /** It can be measured. */
  readonly hasNumbers: boolean;
}

export interface FacetSection {
  readonly place: FieldPlace;
  readonly facets: readonly Facet[];
}

const SECTIONS: readonly FieldPlace[] = ['record', 'attributes', 'resource', 'scope'];
/** In the order in which people look at them. */
const RECORD_ORDER = ['level', 'service', 'scope'];
/** What every record has and nobody filters by: what `service` says already, and the SDK's own numbering. */
const REPEATED: ReadonlySet<string> = new Set(['resource.service.name', 'attributes.threadline.sequence']);

/** The fields by place, each section with the most frequent first; those that are called so where a text is looked for. */
export function facetSections(fields: readonly CountedField[], wanted = ''): FacetSection[] {
  const text = wanted.trim().toLowerCase();
  const listed = fields.filter(({ field, key }) => !REPEATED.has(field) && key.toLowerCase().includes(text));
  const places = new Map<string, number>();
  for (const { key, place } of fields) if (place !== 'record') places.set(key, (places.get(key) ?? 0) + 1);
  return SECTIONS.map((place) => {
    const facets = listed.filter((field) => field.place === place).map((field) => facetOf(field, places.get(field.key) ?? 0));
    return { place, facets: place === 'record' ? facets.toSorted(byRecordOrder) : facets };
  }).filter(({ facets }) => facets.length > 0);
}

/** Whether the list has a field under just this name: its key, or its key with its place. */
export function isListed(fields: readonly CountedField[], name: string): boolean {
  return fields.some(({ field, key }) => field === name || key === name);
}

/** A field that is not listed, by its key, with or without its place in front. */
export function furtherFacet(name: string, count: number): Facet {
  const place = SECTIONS.find((section) => section !== 'record' && name.startsWith(`${section}.`));
  const key = place === undefined ? name : name.slice(place.length + 1);
  const named: Field = { type: 'attribute', place: place === undefined || place === 'record' ? 'any' : place, key };
  return { field: name, label: name, queryName: fieldName(named), column: isColumnKey(key) ? key : undefined, count, hasNumbers: false };
}

/** `field:value`, written so that the query finds exactly this value. */
export function valueFilter({ queryName }: Facet, value: string): string {
  return `${queryName}:${quoteValue(value)}`;
}

export function presentFilter({ queryName }: Facet): string {
  return `${queryName}:*`;
}

export function missingFilter(facet: Facet): string {
  return `-${presentFilter(facet)}`;
}

function facetOf({ field, place, key, count, ...counted }: CountedField, places: number): Facet {
  const hasNumbers = counted.hasNumbers === true;
  if (place === 'record') return { field, label: key, queryName: key, column: undefined, count, hasNumbers };
  // A record's own attributes need no place in front where the key is nowhere else.
  const named: Field = { type: 'attribute', place: place === 'attributes' && places === 1 ? 'any' : place, key };
  return { field, label: key, queryName: fieldName(named), column: isColumnKey(key) ? key : undefined, count, hasNumbers };
}

function byRecordOrder(left: Facet, right: Facet): number {
  return RECORD_ORDER.indexOf(left.field) - RECORD_ORDER.indexOf(right.field);
}
