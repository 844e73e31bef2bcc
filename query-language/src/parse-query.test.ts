import { describe, expect, it } from 'vitest';
import { QuerySyntaxError } from './errors.ts';
import { parseQuery } from './parse-query.ts';
import type { Field, QueryNode, QueryTarget } from './syntax-tree.ts';
import { withoutSpans } from './without-spans.test-support.ts';

const logs = (text: string) => withoutSpans(parseQuery(text, 'logs'));
const spans = (text: string) => withoutSpans(parseQuery(text, 'spans'));
const phrase = (...words: string[]) => ({ type: 'phrase', words });
const attribute = (key: string, place: string = 'any') => ({ type: 'attribute', place, key });
const record = (name: string) => ({ type: 'record', name });
const equals = (field: unknown, value: string) => ({ type: 'equals', field, value });
const literal = (text: string) => ({ type: 'literal', text });
const any = { type: 'any' };
const one = { type: 'one' };
const levels = (...names: string[]) => ({ type: 'levels', levels: names });
const incl = (value: string) => ({ value, inclusive: true });
const excl = (value: string) => ({ value, inclusive: false });

function errorOf(text: string, target: QueryTarget = 'logs'): QuerySyntaxError {
  try {
    parseQuery(text, target);
  } catch (error) {
    if (error instanceof QuerySyntaxError) return error;
    throw error;
  }
  throw new Error(`no error: ${text}`);
}

/** `code@position`. */
function fault(text: string, target: QueryTarget = 'logs'): string {
  const error = errorOf(text, target);
  return `${error.code}@${error.position}`;
}

describe('words', () => {
  it('takes blank text and a lone star for every record', () => {
    for (const text of ['', '  \n\t', '*', ' * ', '(*)']) expect(logs(text)).toEqual({ type: 'all' });
  });

  it('lower-cases a word and splits a term as the message is split', () => {
    expect(logs('Timeout')).toEqual(phrase('timeout'));
    expect(logs('/api/orders/17')).toEqual(phrase('api', 'orders', '17'));
    expect(logs('user_id')).toEqual(phrase('user_id'));
    expect(logs('10.0.0.1')).toEqual(phrase('10.0.0.1'));
    expect(logs('3f2504e0-4f89-11d3-9a0c-0305e82c3301')).toEqual(phrase('3f2504e0', '4f89', '11d3', '9a0c', '0305e82c3301'));
    expect(logs('"주문 접수"')).toEqual(phrase('주문', '접수'));
  });

  it('takes wildcards in quotes and escaped ones for text', () => {
    expect(logs('"conn* reset?"')).toEqual(phrase('conn', 'reset'));
    expect(logs('conn\\*')).toEqual(phrase('conn'));
  });

  it('matches no record where the tokenizer leaves no word', () => {
    expect(logs('"!!!"')).toEqual({ type: 'none' });
    expect(logs('""')).toEqual({ type: 'none' });
    expect(logs('...')).toEqual({ type: 'none' });
  });

  it('reads a word with wildcards as a pattern of one word', () => {
    expect(logs('Conn*')).toEqual({ type: 'wordPattern', pattern: [literal('conn'), any] });
    expect(logs('*reset')).toEqual({ type: 'wordPattern', pattern: [any, literal('reset')] });
    expect(logs('t?meout')).toEqual({ type: 'wordPattern', pattern: [literal('t'), one, literal('meout')] });
    expect(logs('a**b')).toEqual({ type: 'wordPattern', pattern: [literal('a'), any, literal('b')] });
    expect(logs('İ*')).toEqual({ type: 'wordPattern', pattern: [literal('i'), any] });
  });

  it('takes a literal that a single word can have, whatever the wildcards stand for', () => {
    for (const text of [
      '10.0.*',
      '1,*',
      'user_*',
      '_*',
      "o'*",
      '*.exception',
      'カ*',
      '日*',
      '👍*',
      '*👩',
      '한*',
      'ส*',
      'a.b.*.c',
      '*_id',
    ]) {
      expect(logs(text)).toMatchObject({ type: 'wordPattern' });
    }
  });

  it('refuses a pattern whose literal is parted by the tokenizer, where it is parted', () => {
    expect(fault('user-id*')).toBe('invalid_value@4');
    expect(fault('ok /api/ord*')).toBe('invalid_value@3');
    expect(fault('*a\\ b')).toBe('invalid_value@2');
    expect(fault('日本*')).toBe('invalid_value@1');
    expect(fault('message:a-b?')).toBe('invalid_value@9');
    expect(fault(`${'a'.repeat(256)}*`)).toBe('invalid_value@255');
  });

  it('means the same with the message named', () => {
    for (const text of ['word', '"a b"', 'con*', '10.0.*', '"!!!"']) expect(logs(`message:${text}`)).toEqual(logs(text));
    expect(logs('message:(a OR con*)')).toEqual(logs('a OR con*'));
    expect(logs('message:*')).toEqual({ type: 'exists', field: record('message') });
  });
});

describe('operators', () => {
  it('joins terms with AND by default, and binds NOT tighter than AND, AND than OR', () => {
    expect(logs('a b')).toEqual(logs('a AND b'));
    expect(logs('a OR b AND c')).toEqual(logs('a OR (b AND c)'));
    expect(logs('a OR b c')).toEqual(logs('a OR (b c)'));
    expect(logs('NOT a b')).toEqual(logs('(NOT a) b'));
    expect(logs('NOT a OR b')).toEqual(logs('(NOT a) OR b'));
    expect(logs('a NOT b')).toEqual(logs('a AND (NOT b)'));
    expect(logs('a OR b OR c')).toEqual({ type: 'or', children: [phrase('a'), phrase('b'), phrase('c')] });
  });

  it('excludes with a minus right before a term, a phrase, a field or a group', () => {
    expect(logs('-a')).toEqual(logs('NOT a'));
    expect(logs('-"a b"')).toEqual(logs('NOT "a b"'));
    expect(logs('-x:*')).toEqual(logs('NOT x:*'));
    expect(logs('-(a OR b) c')).toEqual({ type: 'and', children: [{ type: 'not', child: logs('a OR b') }, phrase('c')] });
    expect(logs('user-id')).toEqual(phrase('user', 'id'));
  });

  it('takes operators in small letters, in quotes and as a part of a word for words', () => {
    expect(logs('a and b')).toEqual({ type: 'and', children: [phrase('a'), phrase('and'), phrase('b')] });
    expect(logs('"AND"')).toEqual(phrase('and'));
    expect(logs('ANDROID NOTE ORDER')).toEqual({ type: 'and', children: [phrase('android'), phrase('note'), phrase('order')] });
    expect(logs('state:OR')).toEqual(equals(attribute('state'), 'OR'));
    expect(logs('NOT:x')).toEqual(equals(attribute('NOT'), 'x'));
  });

  it('takes an operator right before a parenthesis or a quote for one', () => {
    expect(logs('NOT(a)')).toEqual(logs('NOT a'));
    expect(logs('a OR(b)')).toEqual(logs('a OR b'));
    expect(logs('(a)OR"b"')).toEqual(logs('a OR b'));
  });

  it('says where a term is missing', () => {
    expect(fault('a AND')).toBe('unexpected_end@5');
    expect(fault('NOT')).toBe('unexpected_end@3');
    expect(fault('a OR ')).toBe('unexpected_end@5');
    expect(fault('AND a')).toBe('unexpected_character@0');
    expect(fault('a AND OR b')).toBe('unexpected_character@6');
    expect(fault('a OR AND b')).toBe('unexpected_character@5');
    expect(fault('()')).toBe('unexpected_character@1');
    expect(fault('a - b')).toBe('unexpected_character@3');
  });

  it('says where a parenthesis is missing or too many', () => {
    expect(fault('(a OR (b)')).toBe('unexpected_end@9');
    expect(errorOf('x (a').message).toContain('opens at character 3');
    expect(fault('a) b')).toBe('unexpected_character@1');
  });

  it("refuses other languages' operators rather than dropping them", () => {
    expect(fault('a && b')).toBe('unexpected_character@2');
    expect(fault('a || b')).toBe('unexpected_character@2');
    expect(fault('a !b')).toBe('unexpected_character@2');
    expect(fault('>5')).toBe('unexpected_character@0');
    expect(fault('[1 TO 5]')).toBe('unexpected_character@0');
  });
});

describe('values', () => {
  it('reads equality with a plain, a quoted and an escaped value, case and all', () => {
    expect(logs('http.route:GET')).toEqual(equals(attribute('http.route'), 'GET'));
    expect(logs('a:"Two  words"')).toEqual(equals(attribute('a'), 'Two  words'));
    expect(logs('a:two\\ words\\*')).toEqual(equals(attribute('a'), 'two words*'));
    expect(logs('a:"say \\"hi\\" \\\\ *"')).toEqual(equals(attribute('a'), 'say "hi" \\ *'));
    expect(logs('a:""')).toEqual(equals(attribute('a'), ''));
    expect(logs('a:-5')).toEqual(equals(attribute('a'), '-5'));
    expect(logs('url:https://x/y?z')).toMatchObject({ type: 'pattern' });
    expect(logs('at:10:30:05')).toEqual(equals(attribute('at'), '10:30:05'));
    expect(logs('a:\\u000a\\u00E9')).toEqual(equals(attribute('a'), '\né'));
  });

  it('reads patterns of the whole value, case and all', () => {
    expect(logs('a:Pre*')).toEqual({ type: 'pattern', field: attribute('a'), pattern: [literal('Pre'), any] });
    expect(logs('a:*x?\\?')).toEqual({ type: 'pattern', field: attribute('a'), pattern: [any, literal('x'), one, literal('?')] });
    expect(logs('a:?')).toEqual({ type: 'pattern', field: attribute('a'), pattern: [one] });
  });

  it('reads existence', () => {
    expect(logs('a.b:*')).toEqual({ type: 'exists', field: attribute('a.b') });
    expect(logs('a:**')).toEqual({ type: 'exists', field: attribute('a') });
    expect(logs('a:"*"')).toEqual(equals(attribute('a'), '*'));
    expect(logs('-traceId:*')).toEqual({ type: 'not', child: { type: 'exists', field: record('traceId') } });
  });

  it('reads ranges with both kinds of ends and open ones', () => {
    const a = attribute('a');
    expect(logs('a:[1 TO 5]')).toEqual({ type: 'range', field: a, min: incl('1'), max: incl('5') });
    expect(logs('a:{1 TO *}')).toEqual({ type: 'range', field: a, min: excl('1') });
    expect(logs('a:[* TO 5}')).toEqual({ type: 'range', field: a, max: excl('5') });
    expect(logs('a:[ -1.50  TO  "2e3" ]')).toEqual({ type: 'range', field: a, min: incl('-1.50'), max: incl('2e3') });
    expect(logs('a:>500')).toEqual({ type: 'range', field: a, min: excl('500') });
    expect(logs('a:>=1.5')).toEqual({ type: 'range', field: a, min: incl('1.5') });
    expect(logs('a:<-5')).toEqual({ type: 'range', field: a, max: excl('-5') });
    expect(logs('a:<=5')).toEqual({ type: 'range', field: a, max: incl('5') });
  });

  it('keeps every digit of a number', () => {
    expect(logs('a:>=9223372036854775807')).toMatchObject({ min: incl('9223372036854775807') });
    expect(logs('a:<0.1000000000000000055511151231257827')).toMatchObject({ max: excl('0.1000000000000000055511151231257827') });
  });

  it('says what is wrong with a range', () => {
    expect(fault('a:[1 TO x]')).toBe('invalid_range@8');
    expect(fault('a:[NaN TO 5]')).toBe('invalid_range@3');
    expect(fault('a:>5*')).toBe('invalid_range@4');
    expect(fault('a:[* TO *]')).toBe('invalid_range@2');
    expect(fault('a:[1 5]')).toBe('invalid_range@5');
    expect(fault('a:[1 TO 5')).toBe('unexpected_end@9');
    expect(fault('a:[1 TO 5)')).toBe('invalid_range@9');
    expect(fault('a:[1 TO ]')).toBe('unexpected_character@8');
    expect(fault('a:>')).toBe('unexpected_end@3');
    expect(fault('a:> 5')).toBe('unexpected_character@3');
    expect(fault('a:>1e5001')).toBe('too_complex@3');
    expect(fault('a:[1 TO 5]x')).toBe('unexpected_character@10');
  });

  it('applies a group to one field: operators, negation, ranges, patterns and regular expressions', () => {
    expect(logs('a:(x OR "y z")')).toEqual(logs('a:x OR a:"y z"'));
    expect(logs('a:(NOT x* AND (>5 OR [1 TO 2]) -/r+/ *)')).toEqual(logs('(NOT a:x*) AND (a:>5 OR a:[1 TO 2]) AND NOT a:/r+/ AND a:*'));
    expect(logs('NOT a:(x y)')).toEqual({ type: 'not', child: logs('a:x a:y') });
    expect(logs('a:("-5")')).toEqual(equals(attribute('a'), '-5'));
  });

  it('refuses another field inside a group', () => {
    expect(fault('a:(x b:y)')).toBe('unexpected_character@6');
    expect(logs('a:(b\\:y)')).toEqual(equals(attribute('a'), 'b:y'));
  });

  it('says where a value is missing or goes on', () => {
    expect(fault('a:')).toBe('unexpected_end@2');
    expect(fault('a: b')).toBe('unexpected_character@2');
    expect(fault('(a:)')).toBe('unexpected_character@3');
    expect(fault('a:"b"c')).toBe('unexpected_character@5');
    expect(fault('a:b"c"')).toBe('unexpected_character@3');
    expect(fault('call(x)')).toBe('unexpected_character@4');
    expect(fault('"a"b')).toBe('unexpected_character@3');
    expect(fault('a:]')).toBe('unexpected_character@2');
    expect(fault(':x')).toBe('unexpected_character@0');
  });

  it('says where a quote, an escape or a name is wrong', () => {
    expect(fault('x "abc')).toBe('unterminated_string@2');
    expect(fault('a:"abc\\"')).toBe('unterminated_string@2');
    expect(fault('a\\')).toBe('invalid_escape@1');
    expect(fault('a:C:\\temp')).toBe('invalid_escape@4');
    expect(fault('"a\\d"')).toBe('invalid_escape@2');
    expect(fault('\\u12')).toBe('invalid_escape@0');
    expect(fault('htt*:x')).toBe('unexpected_character@3');
    expect(fault('resource.:x')).toBe('unexpected_character@9');
  });

  it('tells a value that begins with a slash from a regular expression', () => {
    for (const path of ['/', '/api', '/api/orders/17', '/a/b/']) expect(logs(`path:${path}`)).toEqual(equals(attribute('path'), path));
    expect(logs('http.route:/api/*')).toMatchObject({ type: 'pattern', pattern: [{ type: 'literal', text: '/api/' }, { type: 'any' }] });
    expect(logs('path:/api host:/eu-[0-9]/ x')).toMatchObject({
      children: [{ type: 'equals', value: '/api' }, { type: 'regex' }, { type: 'phrase' }],
    });
    expect(logs('path:(/a OR /b/)')).toMatchObject({ children: [{ type: 'equals', value: '/a' }, { type: 'regex' }] });
    for (const regex of ['/api/', '/a b/', '/a\\/b/']) expect(logs(`path:${regex}`)).toMatchObject({ type: 'regex' });
    expect(logs('path:"/api/"')).toEqual(equals(attribute('path'), '/api/'));
    expect(logs('path:"/api/orders"')).toEqual(equals(attribute('path'), '/api/orders'));
    expect(logs('path:\\/api')).toEqual(equals(attribute('path'), '/api'));
  });
});

describe('fields', () => {
  const fieldOf = (text: string, target: QueryTarget): Field | undefined => {
    const node: QueryNode = parseQuery(text, target);
    return 'field' in node ? node.field : undefined;
  };

  it('knows the short names', () => {
    for (const name of ['service', 'correlationId', 'scope']) {
      expect(logs(`${name}:X`)).toEqual(equals(record(name), 'X'));
      expect(spans(`${name}:X`)).toEqual(equals(record(name), 'X'));
      expect(logs(`${name}:x*`)).toMatchObject({ type: 'pattern', field: record(name) });
      expect(logs(`${name}:/x/`)).toMatchObject({ type: 'regex', field: record(name) });
    }
    for (const name of ['name', 'event']) expect(spans(`${name}:X`)).toEqual(equals(record(name), 'X'));
  });

  it('takes ids in either case', () => {
    for (const name of ['traceId', 'spanId', 'parentSpanId', 'link']) expect(spans(`${name}:0AF7`)).toEqual(equals(record(name), '0af7'));
    expect(logs('traceId:0AF*')).toEqual({ type: 'pattern', field: record('traceId'), pattern: [literal('0af'), any] });
  });

  it('takes the fingerprint of an error in either case, and nothing else for it', () => {
    for (const parse of [logs, spans]) {
      expect(parse('errorGroup:0123456789ABCDEF')).toEqual(equals(record('errorGroup'), '0123456789abcdef'));
      expect(parse('errorGroup:*')).toEqual({ type: 'exists', field: record('errorGroup') });
    }
    expect(fault('errorGroup:TypeError')).toBe('invalid_value@11');
    for (const text of ['errorGroup:0123*', 'errorGroup:>5', 'errorGroup:/x/']) expect(errorOf(text).code).toBe('not_supported_on_field');
  });

  it('takes every other name for an attribute, with dots, dashes, slashes and letters of any script', () => {
    for (const name of ['http.route', 'k8s/pod-name', '@timestamp', '키.값', 'a_b', 'Service', 'servicename', 'a[0]', '1']) {
      expect(fieldOf(`${name}:x`, 'logs')).toEqual(attribute(name));
    }
    expect(fieldOf('a\\ b\\:c\\*:x', 'logs')).toEqual(attribute('a b:c*'));
  });

  it('takes a prefix for the place of the attribute', () => {
    expect(fieldOf('resource.service.name:x', 'logs')).toEqual(attribute('service.name', 'resource'));
    expect(fieldOf('scope.name:x', 'logs')).toEqual(attribute('name', 'scope'));
    expect(fieldOf('attributes.status:x', 'logs')).toEqual(attribute('status', 'attributes'));
    expect(fieldOf('event.exception.type:x', 'spans')).toEqual(attribute('exception.type', 'event'));
    expect(fieldOf('event.name:x', 'spans')).toEqual(attribute('name', 'event'));
    expect(fieldOf('link.kind:x', 'spans')).toEqual(attribute('kind', 'link'));
    expect(fieldOf('body.user.id:x', 'logs')).toEqual(attribute('user.id', 'body'));
  });

  it("has a log's event name, and other names that begin with event or link are attributes of logs", () => {
    expect(fieldOf('event.name:x', 'logs')).toEqual(record('eventName'));
    expect(fieldOf('event.domain:x', 'logs')).toEqual(attribute('event.domain'));
    expect(fieldOf('link.x:x', 'logs')).toEqual(attribute('link.x'));
  });

  it('refuses a field of the other target by its name', () => {
    for (const name of ['name', 'kind', 'status', 'duration', 'root', 'event', 'link', 'parentSpanId']) {
      const error = errorOf(`a ${name}:x`, 'logs');
      expect(`${error.code}@${error.position}`).toBe('not_supported_on_field@2');
      expect(error.message).toContain(name);
      expect(error.expected.join()).toContain(`attributes.${name}`);
    }
    for (const name of ['level', 'observedTime', 'body.x']) expect(fault(`${name}:x`, 'spans')).toBe('not_supported_on_field@0');
  });

  it('refuses forms that a field does not have', () => {
    for (const text of ['service:>5', 'service:[1 TO 5]', 'traceId:>a', 'message:>5', 'event.name:<5']) {
      expect(errorOf(text).code).toBe('not_supported_on_field');
    }
    for (const text of ['message:/x/', 'level:/x/', 'time:/x/', 'level:err*', 'time:2026*']) {
      expect(errorOf(text).code).toBe('not_supported_on_field');
    }
    for (const text of ['status:/x/', 'status:e*', 'duration:/x/', 'duration:5*', 'root:t*', 'kind:>5', 'root:>5', 'name:>5']) {
      expect(errorOf(text, 'spans').code).toBe('not_supported_on_field');
    }
    expect(fault('a message:/x/')).toBe('not_supported_on_field@10');
  });

  it('reads status, kind and root in any case and refuses other values', () => {
    expect(spans('status:ERROR')).toEqual(equals(record('status'), 'error'));
    expect(spans('kind:Server')).toEqual(equals(record('kind'), 'server'));
    expect(spans('root:True')).toEqual(equals(record('root'), 'true'));
    expect(fault('status:failed', 'spans')).toBe('invalid_value@7');
    expect(errorOf('status:failed', 'spans').expected).toEqual(['unset', 'ok', 'error']);
    expect(fault('kind:2', 'spans')).toBe('invalid_value@5');
    expect(fault('root:yes', 'spans')).toBe('invalid_value@5');
  });

  it('takes a star on a field that each record has for every record, or for every set value', () => {
    expect(spans('root:*')).toEqual({ type: 'all' });
    expect(spans('duration:*')).toEqual({ type: 'all' });
    expect(logs('time:*')).toEqual({ type: 'all' });
    expect(logs('observedTime:*')).toEqual({ type: 'exists', field: record('observedTime') });
    expect(spans('status:*')).toEqual(spans('NOT status:unset'));
    expect(spans('kind:*')).toEqual(spans('NOT kind:unspecified'));
  });
});

describe('levels', () => {
  it('takes the names of the table in any case', () => {
    expect(logs('level:error')).toEqual(levels('ERROR'));
    expect(logs('level:CRIT')).toEqual(levels('FATAL'));
    expect(logs('level:"Warning"')).toEqual(levels('WARN'));
    expect(logs('level:30')).toEqual(levels('INFO'));
    expect(logs('level:unset')).toEqual(levels('UNSET'));
  });

  it('compares by severity, without what is unset', () => {
    expect(logs('level:>=warn')).toEqual(levels('WARN', 'ERROR', 'FATAL'));
    expect(logs('level:<info')).toEqual(levels('TRACE', 'DEBUG'));
    expect(logs('level:[info TO error]')).toEqual(levels('INFO', 'WARN', 'ERROR'));
    expect(logs('level:{info TO error}')).toEqual(levels('WARN'));
    expect(logs('level:[warn TO *]')).toEqual(levels('WARN', 'ERROR', 'FATAL'));
    expect(logs('level:>fatal')).toEqual({ type: 'none' });
    expect(logs('level:*')).toEqual(levels('TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'));
  });

  it('makes one node of the levels of a group', () => {
    expect(logs('level:(fatal OR warn OR unset)')).toEqual(levels('WARN', 'FATAL', 'UNSET'));
    expect(logs('level:(NOT error)')).toEqual({ type: 'not', child: levels('ERROR') });
    expect(logs('level:(error OR NOT warn)')).toMatchObject({ type: 'or' });
  });

  it('refuses what is no level', () => {
    expect(fault('level:loud')).toBe('invalid_level@6');
    expect(fault('level:17')).toBe('invalid_level@6');
    expect(fault('level:>=unset')).toBe('invalid_level@8');
    expect(fault('level:[info TO loud]')).toBe('invalid_level@15');
  });
});

describe('times and durations', () => {
  it('has durations in nanoseconds, and a single one as the range of just it', () => {
    expect(spans('duration:>250ms')).toEqual({ type: 'range', field: record('duration'), min: excl('250000000') });
    expect(spans('duration:[1.5s TO 2m]')).toMatchObject({ min: incl('1500000000'), max: incl('120000000000') });
    expect(spans('duration:100ns')).toMatchObject({ min: incl('100'), max: incl('100') });
    expect(fault('duration:>250', 'spans')).toBe('invalid_duration@10');
    expect(fault('duration:[1s TO 2x]', 'spans')).toBe('invalid_duration@16');
  });

  it('has times in nanoseconds, from RFC 3339 and from epoch nanoseconds', () => {
    expect(logs('time:>=2026-11-23T10:00:00.000000001Z')).toMatchObject({ field: record('time'), min: incl('1795428000000000001') });
    expect(logs('time:[2026-11-23T19:00:00+09:00 TO 1795428000000000002}')).toMatchObject({
      min: incl('1795428000000000000'),
      max: excl('1795428000000000002'),
    });
    expect(logs('observedTime:(>=2026-11-23T10:00:00Z <"2026-11-23T11:00:00Z")')).toMatchObject({ type: 'and' });
    expect(logs('time:(2026-11-23T10:00:00Z)')).toMatchObject({ min: incl('1795428000000000000'), max: incl('1795428000000000000') });
    expect(fault('time:>yesterday')).toBe('invalid_time@6');
    expect(fault('time:[2026-11-23 TO *]')).toBe('invalid_time@6');
  });

  it('searches a time past 2262 at that bound', () => {
    expect(logs('time:>2300-01-01T00:00:00Z')).toMatchObject({ min: incl('9223372036854775807') });
    expect(logs('time:<9999-12-31T23:59:59Z')).toMatchObject({ max: incl('9223372036854775807') });
    expect(logs('time:<=1960-01-01T00:00:00Z')).toMatchObject({ max: incl('-1') });
  });
});

describe('limits', () => {
  it('refuses a text that is too long', () => {
    expect(fault('a '.repeat(20_000))).toBe('too_complex@32768');
  });

  it('refuses too many words and values', () => {
    expect(parseQuery(`x:(${Array(1_024).fill('a').join(' OR ')})`, 'logs')).toMatchObject({ type: 'or' });
    expect(errorOf(Array(1_025).fill('a').join(' ')).code).toBe('too_complex');
  });

  it('refuses what is nested too deep, whatever it is nested in', () => {
    for (const open of ['(', '-', 'NOT ', '-(', 'NOT(', '(a OR (b ', '(a (b OR ']) {
      expect(errorOf(open.repeat(2_000)).code).toBe('too_complex');
    }
    expect(errorOf(`a:${'('.repeat(2_000)}`).code).toBe('too_complex');
    expect(logs(`${'('.repeat(60)}a${')'.repeat(60)}`)).toEqual(phrase('a'));
    const nested = (depth: number): string => (depth === 0 ? 'x' : `(a OR (b ${nested(depth - 1)}))`);
    expect(() => parseQuery(nested(9), 'logs')).not.toThrow();
    expect(errorOf(nested(10)).code).toBe('too_complex');
  });

  it.each([
    ['NOT', (levels: number) => `${'NOT '.repeat(levels)}a`],
    [
      'AND and OR',
      (levels: number) => Array.from({ length: levels }).reduce<string>((inner, _, level) => `(a${level % 2 ? ' OR' : ''} ${inner})`, 'b'),
    ],
  ])('takes as many levels of %s as its refusal says', (_caption, query) => {
    const [limit = ''] = errorOf(query(30)).expected;
    const levels = Number(/^at most (\d+) levels of AND, OR and NOT/.exec(limit)?.[1]);
    expect(() => parseQuery(query(levels), 'logs')).not.toThrow();
    expect(errorOf(query(levels + 1))).toMatchObject({ code: 'too_complex', expected: [limit] });
  });

  it('refuses too many wildcards and too many words in a phrase', () => {
    expect(errorOf(`a:${'*a'.repeat(33)}`).code).toBe('too_complex');
    expect(errorOf(`"${'a '.repeat(1_025)}"`).code).toBe('too_complex');
  });
});

describe('places', () => {
  it('spans a field with its value, and a value of a group alone', () => {
    expect(parseQuery(' service:api  "b c"', 'logs')).toMatchObject({
      children: [{ span: { start: 1, end: 12 } }, { span: { start: 14, end: 19 } }],
    });
    expect(parseQuery('a:(b OR c)', 'logs')).toMatchObject({ children: [{ span: { start: 3, end: 4 } }, { span: { start: 8, end: 9 } }] });
  });

  it('counts UTF-16 units', () => {
    expect(fault('👍 a)')).toBe('unexpected_character@4');
  });

  it('puts nothing of the text into the message', () => {
    expect(errorOf('secret-token*').message).not.toContain('secret');
    expect(errorOf('level:secret').message).not.toContain('secret');
  });
});
