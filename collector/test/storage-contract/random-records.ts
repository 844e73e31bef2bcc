import type { AnyValue, KeyValue } from '../../src/api/index.ts';
import type { IndexedLog, IndexedSpan } from '../../src/model/record.ts';
import { at, buildLog, buildSpan, hexId } from './builders.ts';
import type { SeededRandom } from './seeded-random.ts';
import { array, bool, bytes, double, int, map, text } from './values.ts';

/** Few of each, so that random queries meet random records often. */
export const WORDS = [
  'timeout',
  'Timeouts',
  'reset',
  'connection',
  '주문',
  '접수',
  '本',
  'user_id',
  '10.0.0.1',
  '17',
  'ÀÉ',
  '🚀',
  "can't",
] as const;
export const KEYS = ['k', 'k.a', 'k.b', 'other', 'correlation.id', 'event.name', '키'] as const;
export const TEXTS = [
  '',
  '5',
  '5.0',
  'true',
  'red',
  'Red',
  'green tea',
  'a*b',
  'a?b',
  '서울 강남',
  '😀x',
  'lone\\slash',
  'a\u001eb',
] as const;
const INTS = ['0', '5', '-5', '7', '9007199254740992', '9007199254740993', '9223372036854775807', '-9223372036854775808'] as const;
const DOUBLES = [0.1, 5, 5.9, -0.5, 1e21, 1.5e-7, 9007199254740992, 'NaN', 'Infinity', '-Infinity', '-0'] as const;
export const SERVICES = ['shop', 'orders', 'payments', ''] as const;
export const TRACES = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'].map((name) => hexId(name, 32));
export const NAMES = ['GET /api/orders', 'get orders', '주문 조회', ''] as const;

function randomValue(random: SeededRandom, depth = 0): AnyValue {
  const kinds: readonly (() => AnyValue)[] = [
    () => text(random.pick(TEXTS)),
    () => text(random.pick(TEXTS)),
    () => int(random.pick(INTS)),
    () => double(random.pick(DOUBLES)),
    () => bool(random.chance(0.5)),
    () => bytes(random.pick(['aGVsbG8=', '', '+/8='])),
    () => ({}),
    () => array(...random.some(3, () => randomValue(random, depth + 1))),
    () => map({ a: randomValue(random, depth + 1), b: randomValue(random, depth + 1) }),
  ];
  return random.pick(depth > 1 ? kinds.slice(0, 6) : kinds)();
}

function randomAttributes(random: SeededRandom): KeyValue[] {
  return random.some(4, () => ({ key: random.pick(KEYS), value: randomValue(random) }));
}

const randomText = (random: SeededRandom) => random.some(6, () => random.pick(WORDS)).join(random.pick([' ', ', ', ' - ']));

function shared(random: SeededRandom) {
  const service = random.pick(SERVICES);
  return {
    attributes: randomAttributes(random),
    resource: { attributes: [...(service === '' ? [] : [{ key: 'service.name', value: text(service) }]), ...randomAttributes(random)] },
    scope: {
      ...(random.chance(0.5) && { name: random.pick(['lib.one', 'lib.two']) }),
      attributes: random.chance(0.3) ? randomAttributes(random) : [],
    },
  };
}

export function randomLogs(random: SeededRandom, count: number): IndexedLog[] {
  return Array.from({ length: count }, (_, index) =>
    buildLog(`log-${String(index).padStart(4, '0')}`, {
      timeUnixNano: random.chance(0.05) ? '0' : at(random.below(600), BigInt(random.below(3))),
      observedTimeUnixNano: random.chance(0.5) ? '0' : at(random.below(600)),
      ...(random.chance(0.7) && { severityNumber: random.below(26) }),
      ...(random.chance(0.5) && { severityText: random.pick(['info', 'WARN', 'fatal', '50', 'odd']) }),
      ...(random.chance(0.9) && { body: random.chance(0.7) ? text(randomText(random)) : randomValue(random) }),
      ...(random.chance(0.5) && { traceId: random.pick(TRACES) }),
      ...(random.chance(0.2) && { eventName: random.pick(['order.placed', 'red']) }),
      ...shared(random),
    }),
  );
}

export function randomSpans(random: SeededRandom, count: number): IndexedSpan[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `span-${String(index).padStart(4, '0')}`;
    return buildSpan(id, {
      traceId: random.pick(TRACES),
      ...(random.chance(0.8) && { parentSpanId: hexId(random.pick(['p', 'q', 'r']), 16) }),
      name: random.pick(NAMES),
      kind: random.below(7),
      startTimeUnixNano: at(random.below(600), BigInt(random.below(3))),
      seconds: random.pick([0, 0.001, 0.25, 2]),
      status: { code: random.below(3) },
      events: random.some(2, () => ({
        timeUnixNano: at(1),
        ...(random.chance(0.8) && { name: random.pick(['exception', 'red', '5']) }),
        attributes: randomAttributes(random),
      })),
      links: random.some(2, () => ({ traceId: random.pick(TRACES), spanId: hexId('linked', 16), attributes: randomAttributes(random) })),
      ...shared(random),
    });
  });
}
