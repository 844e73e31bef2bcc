import type { IndexedLog, IndexedSpan } from '../../src/model/record.ts';
import { at, buildLog, buildSpan, hexId } from './builders.ts';
import { array, attributes, bool, bytes, double, int, map, text } from './values.ts';

/** The longest value that a common text index takes whole is 8,191 characters: this one is longer. */
const LONG_VALUE = `start-${'x'.repeat(9_000)}-end`;
const DEEP = Array.from({ length: 20 }).reduce<ReturnType<typeof text>>(
  (inner, _, level) => map({ [`level${level}`]: inner }),
  text('bottom'),
);

/** Messages: how text is cut into words and found again. One second apart, so that their order is that of this table. */
const MESSAGES: Readonly<Record<string, string>> = {
  timeout: 'Upstream timeout after 30s while calling payments',
  timeouts: 'two timeouts in a row',
  reset: 'ECONNRESET: connection reset by peer',
  resetReversed: 'reset the connection',
  resetApart: 'connection was reset',
  path: 'GET /api/orders/17 took 12 ms',
  address: 'user_id=42 from 10.0.0.1',
  uuid: 'request 7c9e6679-7425-40de-944b-e07fc1f90ae7 done',
  uuidOther: 'request 7c9e6679-7425-40de-944b-aaaaaaaaaaaa done',
  korean: '주문 접수 완료',
  koreanParticle: '주문이 접수되었습니다',
  han: '日本語のログ',
  emoji: 'deploy 🚀 done',
  accents: 'Crème BRÛLÉE naïve ÀÉÎ',
  greek: 'ΟΔΥΣΣΕΥΣ ΣΑΣ',
  combining: 'cafe\u0301 au lait',
  sharp: 'Straße zu Ende',
  supplementary: '𝒳 marks 𠮷野家',
  apostrophe: "can't open don’t retry",
  numbers: 'took 3.14 or 1,000.5 of 99.9%',
  quotes: 'say "hello world" at C:\\temp\\x (done) [y] a+b*c?',
  controls: 'first\u0000second\u001fthird\u001efourth\u001dfifth',
  lines: 'head of trace\n\tat frame one\r\n\tat frame two',
  lone: 'broken \ud800 half',
  repeated: 'go go go stop',
  operators: 'this OR that AND NOT those',
  empty: '',
  blank: '   \t ',
  punctuation: '!!! --- ???',
  longWord: `prefix ${'a'.repeat(300)} suffix`,
};

const messageLogs = Object.entries(MESSAGES).map(([name, message], index) =>
  buildLog(name, { timeUnixNano: at(index), service: 'messages', body: text(message) }),
);

/** Bodies that are not text. */
const bodyLogs: IndexedLog[] = [
  buildLog('bodyAbsent', { timeUnixNano: at(100), service: 'bodies' }),
  buildLog('bodyNoKind', { timeUnixNano: at(101), service: 'bodies', body: {} }),
  buildLog('bodyInt', { timeUnixNano: at(102), service: 'bodies', body: int(4711) }),
  buildLog('bodyDouble', { timeUnixNano: at(103), service: 'bodies', body: double(2.5) }),
  buildLog('bodyBool', { timeUnixNano: at(104), service: 'bodies', body: bool(true) }),
  buildLog('bodyBytes', { timeUnixNano: at(105), service: 'bodies', body: bytes('aGVsbG8=') }),
  buildLog('bodyArray', { timeUnixNano: at(106), service: 'bodies', body: array(text('timeout'), text('list')) }),
  buildLog('bodyMap', {
    timeUnixNano: at(107),
    service: 'bodies',
    body: map({
      event: 'order placed',
      amount: int(250),
      ratio: double(0.5),
      paid: bool(true),
      user: map({ id: 'u-7', tags: array(text('new'), text('vip')) }),
    }),
  }),
  buildLog('bodyMapOther', {
    timeUnixNano: at(108),
    service: 'bodies',
    body: map({ event: 'order cancelled', amount: int(30), user: map({ id: 'u-8' }) }),
  }),
];

const levelLog = (name: string, severityNumber?: number, severityText?: string) =>
  buildLog(name, {
    timeUnixNano: at(200),
    service: 'levels',
    ...(severityNumber !== undefined && { severityNumber }),
    ...(severityText !== undefined && { severityText }),
  });
const levelLogs: IndexedLog[] = [
  levelLog('levelTrace', 1),
  levelLog('levelDebugText', undefined, 'verbose'),
  levelLog('levelInfo', 9, 'INFO'),
  levelLog('levelInfoPino', undefined, '30'),
  levelLog('levelWarn', 16),
  levelLog('levelWarnText', undefined, 'Warning'),
  levelLog('levelError17', 17),
  levelLog('levelError20', 20, 'info'),
  levelLog('levelErrorText', undefined, 'SEVERE'),
  levelLog('levelFatal', 21, 'error'),
  levelLog('levelFatalText', 0, 'Emerg'),
  levelLog('levelUnset', 0),
  levelLog('levelOddText', undefined, 'shouting'),
  levelLog('levelBeyond', 25, 'fatal'),
];

/** Attributes: one value `v` (or a few) of each kind, and the places an attribute can be in. */
const typed = (name: string, v: Parameters<typeof attributes>[0][string], service = 'types') =>
  buildLog(name, { timeUnixNano: at(300), service, attributes: attributes({ v }) });
const typeLogs: IndexedLog[] = [
  typed('int5', int(5)),
  typed('double5', double(5)),
  typed('string5', '5'),
  typed('string5point0', '5.0'),
  typed('int50', int(50)),
  typed('double5point9', double(5.9)),
  typed('intNegative', int(-5)),
  typed('intZero', int(0)),
  typed('doubleMinusZero', double('-0')),
  typed('doubleSmall', double(1.5e-7)),
  typed('doubleHuge', double(1e300)),
  typed('nan', double('NaN')),
  typed('infinity', double('Infinity')),
  typed('minusInfinity', double('-Infinity')),
  typed('int2to53', int('9007199254740992')),
  typed('int2to53plus1', int('9007199254740993')),
  typed('double2to53', double(2 ** 53)),
  typed('intMax', int('9223372036854775807')),
  typed('intMaxMinus1', int('9223372036854775806')),
  typed('intMin', int('-9223372036854775808')),
  typed('double2to63', double(2 ** 63)),
  typed('boolTrue', bool(true)),
  typed('boolFalse', bool(false)),
  typed('stringTrue', 'true'),
  typed('stringTrueUpper', 'TRUE'),
  typed('bytesHello', bytes('aGVsbG8=')),
  typed('bytesPlus', bytes('+/8=')),
  typed('emptyString', ''),
  typed('blankString', ' '),
  typed('emptyArray', array()),
  typed('emptyMap', map({})),
  typed('noKind', {}),
  typed('arrayInts', array(int(7), int(70), int(700))),
  typed('arrayMixed', array(text('red'), int(8), bool(true), double(8.5))),
  typed('arrayNested', array(array(text('inner')), map({ k: 'in map' }))),
  typed('mapNested', map({ a: map({ b: int(1) }), list: array(int(2), int(3)) })),
  typed('stringDate', '2026-11-20T10:00:00Z'),
];
const keyLogs: IndexedLog[] = [
  buildLog('route17', {
    timeUnixNano: at(400),
    service: 'keys',
    attributes: attributes({ 'http.route': '/api/orders/:id', 'user.id': 'u-17', 'http.status': int(200) }),
  }),
  buildLog('route18', {
    timeUnixNano: at(401),
    service: 'keys',
    attributes: attributes({ 'http.route': '/api/carts/:id', 'user.id': 'U-17', 'http.status': int(503) }),
  }),
  buildLog('routeMap', {
    timeUnixNano: at(402),
    service: 'keys',
    attributes: attributes({ http: map({ route: '/api/orders/:id', status: int(404) }) }),
  }),
  buildLog('korean.value', { timeUnixNano: at(403), service: 'keys', attributes: attributes({ 지역: '서울 강남', city: '서울' }) }),
  buildLog('spacedKey', {
    timeUnixNano: at(404),
    service: 'keys',
    attributes: attributes({ 'my key': 'my value', 'a:b': 'c:d', 'x"y': 'q"r', 'star*': 'lit*eral', 'back\\slash': 'C:\\temp' }),
  }),
  buildLog('duplicateKeys', {
    timeUnixNano: at(405),
    service: 'keys',
    attributes: [...attributes({ twice: 'first' }), ...attributes({ twice: 'second', other: 'o' })],
  }),
  buildLog('places', {
    timeUnixNano: at(406),
    service: 'keys',
    attributes: attributes({ place: 'own', only: 'record' }),
    resource: { attributes: attributes({ 'service.name': 'keys', place: 'res', 'host.name': 'node-1', 'host.cpus': int(8) }) },
    scope: { name: 'com.example.orders', version: '1.2', attributes: attributes({ place: 'scp', 'scope.kind': 'lib' }) },
  }),
  buildLog('scopeOther', { timeUnixNano: at(407), service: 'keys', scope: { name: 'com.example.carts', attributes: [] } }),
  buildLog('longValue', { timeUnixNano: at(408), service: 'keys', attributes: attributes({ long: LONG_VALUE, beside: 'long' }) }),
  buildLog('manyAttributes', {
    timeUnixNano: at(409),
    service: 'keys',
    attributes: Array.from({ length: 300 }, (_, index) => ({ key: `many.key${index}`, value: text(`value ${index}`) })),
  }),
  buildLog('oddKeys', {
    timeUnixNano: at(410),
    service: 'keys',
    attributes: attributes({
      '': 'empty key',
      ' ': 'blank key',
      'nul\u0000key': 'nul',
      [`k${'y'.repeat(1_100)}`]: 'long key',
      '.': 'dot',
      'a..b': 'dots',
      '.lead': 'l',
      'trail.': 't',
      deep: DEEP,
      beside: 'odd',
    }),
  }),
  buildLog('conflict', { timeUnixNano: at(411), service: 'keys', attributes: attributes({ http: 'text', 'http.route': '/conflict' }) }),
  buildLog('unicodeValue', {
    timeUnixNano: at(412),
    service: 'keys',
    attributes: attributes({
      sign: '𝒳😀y',
      cased: 'ÀÉ',
      nul: 'a\u0000b',
      separators: 'a\u001eb\u001fc\u001dd',
      newline: 'a\nb',
      lone: 'a\ud800b',
    }),
  }),
  buildLog('correlated', {
    timeUnixNano: at(413),
    service: 'keys',
    traceId: hexId('correlated trace', 32),
    spanId: hexId('correlated span', 16),
    attributes: attributes({ 'correlation.id': 'flow-1/a' }),
  }),
  buildLog('correlatedOther', { timeUnixNano: at(414), service: 'keys', attributes: attributes({ 'correlation.id': 'flow-1/b' }) }),
  buildLog('correlatedNumber', { timeUnixNano: at(415), service: 'keys', attributes: attributes({ 'correlation.id': int(99) }) }),
  buildLog('eventNamed', { timeUnixNano: at(416), service: 'keys', eventName: 'order.placed' }),
  buildLog('eventAttribute', { timeUnixNano: at(417), service: 'keys', attributes: attributes({ 'event.name': 'order.placed' }) }),
  buildLog('noService', { timeUnixNano: at(418), service: '' }),
  buildLog('serviceNumber', { timeUnixNano: at(419), resource: { attributes: attributes({ 'service.name': int(12) }) } }),
];

/** Times at the edges of what an index holds. */
const timeLogs: IndexedLog[] = [
  buildLog('in2017', { timeUnixNano: '1500000000000000001', service: 'times' }),
  buildLog('in2100', { timeUnixNano: '4102444800000000001', service: 'times' }),
  buildLog('beyond2262', { timeUnixNano: '18446744073709551615', service: 'times' }),
  buildLog('beyond2262Early', { timeUnixNano: '9223372036854775808', service: 'times' }),
  buildLog('lastIndexed', { timeUnixNano: '9223372036854775807', service: 'times' }),
  buildLog('firstNano', { timeUnixNano: '1', service: 'times' }),
  buildLog('onlyObserved', { timeUnixNano: '0', observedTimeUnixNano: at(501, 7n), service: 'times' }),
  buildLog('noTime', { timeUnixNano: '0', observedTimeUnixNano: '0', arrivalTimeUnixNano: at(502), service: 'times' }),
  buildLog('nanosA', { timeUnixNano: at(503, 1n), observedTimeUnixNano: at(504, 1n), service: 'times' }),
  buildLog('nanosB', { timeUnixNano: at(503, 2n), observedTimeUnixNano: '18446744073709551615', service: 'times' }),
];

export const LOGS: readonly IndexedLog[] = [...messageLogs, ...bodyLogs, ...levelLogs, ...typeLogs, ...keyLogs, ...timeLogs];

const LINKED_TRACE = hexId('linked trace', 32);

export const SPANS: readonly IndexedSpan[] = [
  buildSpan('root', {
    name: 'GET /api/orders',
    kind: 2,
    seconds: 0.3,
    traceId: hexId('shop trace', 32),
    attributes: attributes({ 'http.status': int(200), 'correlation.id': 'flow-9' }),
    status: { code: 1 },
  }),
  buildSpan('child', {
    name: 'SELECT orders',
    kind: 3,
    seconds: 0.25,
    service: 'orders',
    traceId: hexId('shop trace', 32),
    parentSpanId: hexId('root', 16),
    startTimeUnixNano: at(0.01),
    attributes: attributes({ 'db.system': 'sqlite', rows: int(3) }),
    status: { code: 2, message: 'locked' },
    events: [
      { timeUnixNano: at(0.02), name: 'exception', attributes: attributes({ 'exception.type': 'SQLITE_BUSY', attempt: int(1) }) },
      { timeUnixNano: at(0.03), name: 'retry', attributes: attributes({ attempt: int(2) }) },
    ],
  }),
  buildSpan('consumer', {
    name: 'process order.placed',
    kind: 5,
    seconds: 2,
    service: 'notifications',
    startTimeUnixNano: at(1),
    links: [{ traceId: LINKED_TRACE, spanId: hexId('producer', 16), attributes: attributes({ 'messaging.batch': int(4), via: 'queue' }) }],
  }),
  buildSpan('producer', { name: 'send order.placed', kind: 4, seconds: 0.001, traceId: LINKED_TRACE, startTimeUnixNano: at(2) }),
  buildSpan('internal', {
    name: 'Compute Total',
    kind: 1,
    seconds: 0,
    startTimeUnixNano: at(3),
    parentSpanId: hexId('absent parent', 16),
    scope: { name: 'shop.pricing', attributes: attributes({ layer: 'domain' }) },
  }),
  buildSpan('unspecified', { name: '', seconds: 0.25, startTimeUnixNano: at(4), service: '' }),
  buildSpan('backwards', { name: 'clock went back', startTimeUnixNano: at(5), endTimeUnixNano: at(4) }),
  buildSpan('endless', { name: 'never ended', startTimeUnixNano: at(6), endTimeUnixNano: '18446744073709551615', kind: 9 }),
  buildSpan('korean', { name: '주문 조회 /api/주문', kind: 2, startTimeUnixNano: at(7), seconds: 1.5 }),
  buildSpan('unnamedEvent', {
    name: 'tick',
    startTimeUnixNano: at(8),
    events: [{ timeUnixNano: at(8), attributes: [] }],
    links: [{ traceId: '', spanId: '', attributes: [] }],
    status: { code: 0 },
  }),
];
