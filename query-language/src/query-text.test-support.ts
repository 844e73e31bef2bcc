import fc from 'fast-check';

/** Pieces that a query may be made of, right and wrong. */
const PIECES = [
  ...[
    'a',
    'Timeout',
    'user-id',
    'conn*',
    '*',
    '?',
    '"b c"',
    '""',
    '"',
    '(',
    ')',
    ' ',
    '  ',
    'AND',
    'OR',
    'NOT',
    '-',
    '+',
    '!',
    '&&',
    '||',
    '~2',
    '^3',
  ],
  ...[
    'field:',
    'service:',
    'level:',
    'error',
    '>=',
    '<',
    '=',
    '[',
    ']',
    '{',
    '}',
    'TO',
    '1',
    '-1.5e3',
    'NaN',
    'message:',
    'duration:',
    '250ms',
    'time:',
  ],
  ...[
    '2026-11-23T10:00:00Z',
    'now',
    'resource.',
    'attributes.x:',
    'body.k:',
    'root:',
    'true',
    'status:',
    'kind:',
    'server',
    'traceId:',
    'event.name:',
  ],
  ...[
    '/',
    '/a+/',
    '/[a-z]{2,3}/',
    '/(',
    '\\',
    '\\*',
    '\\u0041',
    '\\n',
    '주문',
    '👨‍👩‍👧',
    '\ud800',
    '\u0000',
    '\u3000',
    'İ',
    ':',
    ',',
    '.',
    '_',
  ],
];

/** Texts that are rarely a query: pieces of queries with and without spaces, and any characters. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((pieces) => pieces.join('')),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((pieces) => pieces.join(' ')),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'ab:"()[]{}/\\-*? <>=.^$|+!~,0159TO'), maxLength: 40 }),
);

const word = fc.constantFrom(
  'timeout',
  'Error',
  'user-id',
  '/api/orders/17',
  '10.0.0.1',
  '주문',
  '日本',
  '"connection reset"',
  '"!!!"',
  "it's",
  'a\\:b',
  '👍🏽',
);
const wordPattern = fc.constantFrom('conn*', '*reset', 't?me', '10.0.*', '_*', 'Straße*', '*', '?');
const value = fc.constantFrom(
  'x',
  '"two words"',
  '5',
  '-5',
  '"-5"',
  'pre*',
  '*fix',
  'a?b\\*',
  '"AND"',
  '"\\u000a\\\\\\""',
  '*',
  '/a(b|c)*[^x-z]{2,}\\/./',
  '""',
  'Ünï',
);
const number = fc.constantFrom('0', '-1.5e3', '9223372036854775807', '+.5', '0.1', '007');
const duration = fc.constantFrom('250ms', '1.5s', '1h30m', '7ns', '0s', '1234567ns');
const time = fc.constantFrom(
  '2026-11-23T10:00:00Z',
  '1795428000000000001',
  '2300-01-01T00:00:00Z',
  '1950-06-01T00:00:00Z',
  '"2026-11-23T10:00:00.123+09:00"',
);
const level = fc.constantFrom('trace', 'debug', 'info', 'WARN', 'err', 'fatal');

function range(end: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    fc.tuple(fc.constantFrom('>', '>=', '<', '<='), end).map((parts) => parts.join('')),
    fc
      .tuple(fc.constantFrom('[', '{'), end, end, fc.constantFrom(']', '}'))
      .map(([open, from, to, close]) => `${open}${from} TO ${to}${close}`),
    fc.tuple(fc.constantFrom('[', '{'), end, fc.constantFrom(']', '}')).map(([open, from, close]) => `${open}${from} TO *${close}`),
    fc.tuple(fc.constantFrom('[', '{'), end, fc.constantFrom(']', '}')).map(([open, to, close]) => `${open}* TO ${to}${close}`),
  );
}

const anyField = fc.constantFrom(
  'http.route',
  'service',
  'correlationId',
  'scope',
  'traceId',
  'resource.host.name',
  'attributes.status',
  'a\\ b\\:c',
  'k8s/pod-name',
);
const leaf = fc.oneof(
  word,
  wordPattern,
  fc.tuple(anyField, value).map(([field, text]) => `${field}:${text}`),
  fc.tuple(fc.constantFrom('n', 'attributes.n'), range(number)).map(([field, text]) => `${field}:${text}`),
  range(time).map((text) => `time:${text}`),
  word.filter((text) => !text.startsWith('/')).map((text) => `message:${text}`),
);
const logLeaf = fc.oneof(
  leaf,
  fc.oneof(level, range(level), fc.constantFrom('unset', '*', '(error OR unset)', '(NOT info OR >=error)')).map((text) => `level:${text}`),
  range(time).map((text) => `observedTime:${text}`),
  value.map((text) => `body.k:${text}`),
  value.map((text) => `event.name:${text}`),
);
const spanLeaf = fc.oneof(
  leaf,
  fc.constantFrom('status:error', 'status:*', 'kind:Server', 'kind:*', 'root:true', 'root:*', 'duration:*'),
  fc.oneof(duration, range(duration)).map((text) => `duration:${text}`),
  fc
    .tuple(fc.constantFrom('name', 'event', 'link', 'parentSpanId', 'event.a.b', 'link.c'), value)
    .map(([field, text]) => `${field}:${text}`),
);

function combined(leaves: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.letrec<{ query: string }>((tie) => ({
    query: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaves,
      fc.array(tie('query'), { minLength: 2, maxLength: 3 }).map((parts) => parts.map((part) => `(${part})`).join(' OR ')),
      fc.array(tie('query'), { minLength: 2, maxLength: 3 }).map((parts) => parts.join(' ')),
      fc.array(tie('query'), { minLength: 2, maxLength: 3 }).map((parts) => parts.map((part) => `(${part})`).join(' AND ')),
      tie('query').map((part) => `NOT (${part})`),
      tie('query').map((part) => `-(${part})`),
      fc.array(value, { minLength: 1, maxLength: 3 }).map((values) => `x:(${values.map((text) => text).join(' OR ')})`),
    ),
  })).query;
}

/** Queries that parse, of every form, for each target. */
export const logQuery: fc.Arbitrary<string> = combined(logLeaf);
export const spanQuery: fc.Arbitrary<string> = combined(spanLeaf);
