import {
  ATTRIBUTE_PLACES,
  type Field,
  LEVELS,
  type PatternPart,
  type QueryNode,
  type QueryTarget,
  type RangeEnd,
  type RegexNode,
  tokenize,
} from '@threadline/query-language';
import { at } from './builders.ts';
import { KEYS, NAMES, SERVICES, TEXTS, TRACES, WORDS } from './random-records.ts';
import type { SeededRandom } from './seeded-random.ts';

export interface QueryOptions {
  readonly target: QueryTarget;
  readonly regex: boolean;
}

const VALUES = [
  ...TEXTS,
  '5e0',
  '0.1',
  '-5',
  '7',
  '9007199254740993',
  '9223372036854775807',
  'NaN',
  'false',
  'aGVsbG8=',
  'order.placed',
  'exception',
  '1e21',
  '-0',
];
const NUMBERS = [
  '0',
  '5',
  '5.9',
  '-5',
  '-0.5',
  '0.1',
  '0.10',
  '1e-7',
  '9007199254740992',
  '9007199254740992.5',
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '1e21',
  '-1e400',
  '7e0',
];

/** A tree as the parser could have made it: words are tokenized, every range has an end. */
export function randomQuery(random: SeededRandom, options: QueryOptions, depth = 0): QueryNode {
  if (depth < 3 && random.chance(0.55)) {
    const child = () => randomQuery(random, options, depth + 1);
    const type = random.pick(['and', 'or', 'not'] as const);
    return type === 'not' ? { type, child: child() } : { type, children: [child(), ...random.some(2, child)] };
  }
  return randomLeaf(random, options);
}

function randomLeaf(random: SeededRandom, options: QueryOptions): QueryNode {
  const leaves: (() => QueryNode)[] = [
    () => ({ type: 'phrase', words: tokenize(random.pick(WORDS)).map((word) => word.text) }),
    () => ({ type: 'phrase', words: tokenize(`${random.pick(WORDS)} ${random.pick(WORDS)}`).map((word) => word.text) }),
    () => ({ type: 'wordPattern', pattern: randomPattern(random, tokenize(random.pick(WORDS))[0]?.text ?? '') }),
    () => ({ type: 'equals', field: randomAttribute(random, options.target), value: random.pick(VALUES) }),
    () => ({ type: 'equals', field: randomAttribute(random, options.target), value: random.pick(VALUES) }),
    () => ({ type: 'pattern', field: randomAttribute(random, options.target), pattern: randomPattern(random, random.pick(VALUES)) }),
    () => ({ type: 'range', field: randomAttribute(random, options.target), ...randomEnds(random, () => random.pick(NUMBERS)) }),
    () => ({ type: 'range', field: randomAttribute(random, options.target), ...randomEnds(random, () => random.pick(NUMBERS)) }),
    () => ({ type: 'exists', field: randomAttribute(random, options.target) }),
    () => ({
      type: 'range',
      field: { type: 'record', name: 'time' },
      ...randomEnds(random, () => at(random.below(600), BigInt(random.below(3)))),
    }),
    () => ({ type: 'equals', field: { type: 'record', name: 'service' }, value: random.pick(SERVICES) }),
    () => ({ type: 'equals', field: { type: 'record', name: 'traceId' }, value: random.pick(TRACES) }),
    () => ({
      type: 'exists',
      field: { type: 'record', name: random.pick(['service', 'message', 'traceId', 'correlationId', 'scope'] as const) },
    }),
    () => ({ type: 'pattern', field: { type: 'record', name: 'scope' }, pattern: randomPattern(random, 'lib.one') }),
    ...(options.target === 'logs' ? logLeaves(random) : spanLeaves(random)),
    ...(options.regex
      ? [(): QueryNode => ({ type: 'regex', field: randomAttribute(random, options.target), regex: randomRegex(random) })]
      : []),
  ];
  return random.pick(leaves)();
}

function logLeaves(random: SeededRandom): (() => QueryNode)[] {
  return [
    () => ({ type: 'levels', levels: [random.pick(LEVELS), random.pick(LEVELS)] }),
    () => ({ type: 'equals', field: { type: 'record', name: 'eventName' }, value: random.pick(['order.placed', 'red', '5']) }),
    () => ({ type: 'range', field: { type: 'record', name: 'observedTime' }, ...randomEnds(random, () => at(random.below(600))) }),
    () => ({ type: 'exists', field: { type: 'record', name: random.pick(['observedTime', 'eventName'] as const) } }),
  ];
}

function spanLeaves(random: SeededRandom): (() => QueryNode)[] {
  return [
    () => ({ type: 'equals', field: { type: 'record', name: 'name' }, value: random.pick(NAMES) }),
    () => ({ type: 'pattern', field: { type: 'record', name: 'name' }, pattern: randomPattern(random, random.pick(NAMES)) }),
    () => ({ type: 'equals', field: { type: 'record', name: 'kind' }, value: random.pick(['unspecified', 'server', 'client']) }),
    () => ({ type: 'equals', field: { type: 'record', name: 'status' }, value: random.pick(['unset', 'ok', 'error']) }),
    () => ({ type: 'equals', field: { type: 'record', name: 'root' }, value: random.pick(['true', 'false']) }),
    () => ({
      type: 'range',
      field: { type: 'record', name: 'duration' },
      ...randomEnds(random, () => random.pick(['0', '1000000', '250000000'])),
    }),
    () => ({ type: 'equals', field: { type: 'record', name: 'event' }, value: random.pick(['exception', '5', 'none']) }),
    () => ({ type: 'equals', field: { type: 'record', name: 'link' }, value: random.pick(TRACES) }),
    () => ({ type: 'exists', field: { type: 'record', name: random.pick(['event', 'link', 'parentSpanId'] as const) } }),
  ];
}

function randomAttribute(random: SeededRandom, target: QueryTarget): Field {
  const places = ATTRIBUTE_PLACES.filter((place) => (target === 'logs' ? place !== 'event' && place !== 'link' : place !== 'body'));
  return { type: 'attribute', place: random.pick(['any', 'any', ...places] as const), key: random.pick([...KEYS, 'a', 'b', 'k.a.a']) };
}

function randomEnds(random: SeededRandom, value: () => string): { readonly min?: RangeEnd; readonly max?: RangeEnd } {
  const end = (): RangeEnd => ({ value: value(), inclusive: random.chance(0.5) });
  return random.pick([() => ({ min: end() }), () => ({ max: end() }), () => ({ min: end(), max: end() })])();
}

/** The text with some of its characters behind wildcards; never two `*` in a row. */
function randomPattern(random: SeededRandom, text: string): PatternPart[] {
  const parts: PatternPart[] = [];
  for (const character of text) {
    const type = random.chance(0.6) ? 'literal' : random.pick(['any', 'one'] as const);
    const last = parts.at(-1);
    if (type === 'literal') {
      if (last?.type === 'literal') parts[parts.length - 1] = { type, text: last.text + character };
      else parts.push({ type, text: character });
    } else if (type === 'one' || last?.type !== 'any') parts.push({ type });
  }
  return parts.length === 0 || parts.every((part) => part.type === 'literal') ? [...parts, { type: 'any' }] : parts;
}

function randomRegex(random: SeededRandom, depth = 0): RegexNode {
  const nodes: (() => RegexNode)[] = [
    () => ({ type: 'literal', text: random.pick(['a', 'b', 'red', 'R', '5', '.', '강남', '😀', '*', '\u001e']) }),
    () => ({ type: 'anyCharacter' }),
    () => ({
      type: 'set',
      negated: random.chance(0.5),
      ranges: [{ from: 'a', to: 'z' }, ...random.some(1, () => ({ from: '\u0000', to: '9' }))],
    }),
    () => ({ type: 'sequence', items: random.some(4, () => randomRegex(random, depth + 1)) }),
    () => ({ type: 'sequence', items: [randomRegex(random, depth + 1), randomRegex(random, depth + 1)] }),
    () => ({ type: 'choice', options: [randomRegex(random, depth + 1), randomRegex(random, depth + 1)] }),
    () => ({
      type: 'repeat',
      item: randomRegex(random, depth + 1),
      ...random.pick([{ min: 0 }, { min: 1 }, { min: 0, max: 1 }, { min: 1, max: 3 }]),
    }),
  ];
  return random.pick(depth > 2 ? nodes.slice(0, 3) : nodes)();
}
