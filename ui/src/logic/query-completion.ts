import { type Completion, canonicalNumber, completionAt, fieldName, quoteValue } from '@threadline/query-language';
import type { SeenValues } from './seen-values.ts';

export interface QueryCompletion {
  readonly kind: 'field' | 'value' | 'operator';
  /** As it is shown. */
  readonly label: string;
  /** As it is written into the query. */
  readonly insert: string;
  /** How often it is in what the page has loaded, or in how many records of the range; absent for what the language or the catalog knows. */
  readonly count?: number;
  /** The count is of the range. */
  readonly isOfRange?: true;
}

export interface CompletionKnowledge {
  readonly target: 'logs' | 'spans';
  readonly seenValues: SeenValues;
  readonly services: readonly string[];
  /** What the collector has counted in the range: fields by key, and the values that were asked for at this place. */
  readonly rangeFields?: Counted | undefined;
  readonly rangeValues?: Counted | undefined;
}

type Counted = ReadonlyMap<string, number>;

interface CountedText extends Pick<QueryCompletion, 'isOfRange'> {
  readonly text: string;
  readonly count: number;
}

/** What could stand at a place of the query, and the piece of text that it would replace. */
export interface Completions {
  readonly from: number;
  readonly to: number;
  readonly completions: readonly QueryCompletion[];
}

/** As many as a list can be read through. */
const MAX_COMPLETIONS = 50;
const OPERATORS: readonly string[] = ['AND', 'OR', 'NOT'];

/** What the language allows at the place, filled with what the data has. What begins with the typed text stands before what only has it inside. */
export function completionsAt(query: string, position: number, knowledge: CompletionKnowledge): Completions {
  const place = completionAt(query, position, knowledge.target);
  const known = place.candidates.map(
    (text): QueryCompletion => ({ kind: kindOf(text, place.fieldName), label: text.replace(/:$/, ''), insert: text }),
  );
  const all =
    place.fieldName === undefined
      ? [...known, ...seenFields(known, knowledge)]
      : [...known, ...seenValues(place.fieldName, known, knowledge).filter(({ label }) => place.isRangeEnd !== true || isNumber(label))];
  const completions = place.expected.length === 0 ? [] : ranked(all, place);
  return { from: place.start, to: place.end, completions };
}

/** An end of a range is one. */
function isNumber(text: string): boolean {
  return canonicalNumber(text) !== undefined;
}

function kindOf(candidate: string, field: string | undefined): QueryCompletion['kind'] {
  if (OPERATORS.includes(candidate)) return 'operator';
  return field === undefined ? 'field' : 'value';
}

function seenFields(known: readonly QueryCompletion[], { seenValues: seen, rangeFields }: CompletionKnowledge): QueryCompletion[] {
  const names = new Set(known.map(({ label }) => label));
  const loaded = new Map([...seen].map(([key, values]) => [key, sum(values.values())]));
  return counted(loaded, rangeFields)
    .filter(({ text }) => text !== '' && text !== 'service.name' && !names.has(text))
    .map(({ text, ...counts }) => ({
      kind: 'field',
      label: text,
      insert: `${isShortName(text) ? text : fieldName({ type: 'attribute', place: 'any', key: text })}:`,
      ...counts,
    }));
}

/** What was counted in the range tells more than what happens to be loaded. */
function counted(loaded: Counted, inRange: Counted | undefined): readonly CountedText[] {
  const ofRange = Array.from(inRange ?? [], ([text, count]) => ({ text, count, isOfRange: true as const }));
  return [...ofRange, ...Array.from(loaded, ([text, count]) => ({ text, count })).filter(({ text }) => inRange?.has(text) !== true)];
}

/** Names that `collectSeenValues` gives besides attribute keys. */
function isShortName(key: string): boolean {
  return key === 'service' || key === 'level' || key === 'scope' || key === 'name';
}

function seenValues(
  field: string,
  known: readonly QueryCompletion[],
  { seenValues: seen, services, rangeValues }: CompletionKnowledge,
): QueryCompletion[] {
  const values = seen.get(field.replace(/^(?:attributes|resource)\./, '')) ?? new Map<string, number>();
  const names = new Set(known.map(({ label }) => label));
  const unseen = field === 'service' ? services.filter((service) => !values.has(service) && rangeValues?.has(service) !== true) : [];
  return [
    ...counted(values, rangeValues).map(
      ({ text, ...counts }): QueryCompletion => ({ kind: 'value', label: text, insert: quoteValue(text), ...counts }),
    ),
    ...unseen.map((value): QueryCompletion => ({ kind: 'value', label: value, insert: quoteValue(value) })),
  ].filter(({ label }) => !names.has(label));
}

function ranked(all: readonly QueryCompletion[], { typed, isQuoted }: Completion): QueryCompletion[] {
  const written = isQuoted ? `"${typed}` : typed;
  const text = (isQuoted ? typed.slice(0, -1) : typed).replace(/\\(.)/g, '$1').toLowerCase();
  const rank = ({ label, kind }: QueryCompletion) => (kind === 'operator' ? 2 : label.toLowerCase().startsWith(text) ? 0 : 1);
  // The language's own fields before those of the data; of values, those that the data has most.
  const weight = ({ kind, count }: QueryCompletion) => count ?? (kind === 'field' ? Number.MAX_SAFE_INTEGER : 0);
  return all
    .filter(({ label, insert }) => label.toLowerCase().includes(text) && insert !== written)
    .toSorted((left, right) => rank(left) - rank(right) || weight(right) - weight(left))
    .slice(0, MAX_COMPLETIONS);
}

function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
