import { parseQuery, QuerySyntaxError } from '@threadline/query-language';
import { describe, expect, it } from 'vitest';
import { koreanPhrases } from './korean-phrases.ts';
import { createSay } from './phrases.ts';

const say = createSay(koreanPhrases);
const SOURCES: Readonly<Record<string, string>> = import.meta.glob('../../../query-language/src/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
});
/** A sentence of the parser, with what stands in it: it begins with a capital and is more than a word. */
const SENTENCE = /(?:'([A-Z][a-z]*(?: [^']+)+)'|`([A-Z][a-z]*(?: [^`]+)+)`)/g;
const HANGUL = /[가-힣]/;
const LATIN_WORD = /[A-Za-z]{3,}/;

describe('koreanPhrases', () => {
  it('has every sentence that the query language finds something wrong with', () => {
    const code = Object.entries(SOURCES)
      .filter(([name]) => !/\.(test|generated|test-support)\./.test(name))
      .map(([, source]) => source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''))
      .join('\n');
    const sentences = [...code.matchAll(SENTENCE)]
      .map(([, plain, template]) => (plain ?? template ?? '').replaceAll('\\\\', '\\').replace(/\$\{[^}]+\}/g, 'x'))
      .filter((sentence) => !sentence.startsWith('The field x x'));
    expect(sentences.length).toBeGreaterThan(40);
    expect(sentences.filter((sentence) => !HANGUL.test(say(sentence)))).toEqual([]);
  });

  it.each([
    'level:nope',
    '(a OR',
    'a)',
    'duration:>5',
    'time:>yesterday',
    'field:[1 TO',
    'field:[1 5]',
    '"open',
    'a:\\',
    '-',
    'a && b',
    'OR a',
    ':x',
    'x:/a(/',
    'x:/^a/',
    'message:/a/',
    'level:err*',
    'level:[1 TO 2]',
    'root:maybe',
    'pattern:xyz',
  ])('says in Korean what is wrong with %s, and what would be right', (query) => {
    const problem = problemOf(query);
    expect(say(problem.message)).toMatch(HANGUL);
    // Forms of the language itself stay as they are; its words do not.
    const words = problem.expected.filter((one) => /^(?:an?|the|at|one|quotes|supported|epoch)\b/.test(one));
    expect(words.filter((one) => !HANGUL.test(say(one)))).toEqual([]);
  });

  it.each([
    'Not all that was acknowledged before is in the storage yet: it is on its way, and not in this answer.',
    'Only traces with a span of at least 231ms were looked at.',
    'Traces were compared without their spans before 2026-11-28T08:20:00Z.',
    'Traces were compared without their spans before 2026-11-28T08:20:00Z and from 2026-11-28T11:20:00Z on.',
    'Traces were compared without their spans from 2026-11-28T11:20:00Z on.',
    'The flow has more than 5,000 spans: they are in causal order within each 5,000 by start, what is missing was looked for among the first 5,000, and the counts are of all spans in its traces.',
    'errors are counted from at most 1000000 records, newest first: narrow the time range',
    'errors are counted from at most 250000 records of each signal, newest first, within 10 s: narrow the time range',
    'spans that an earlier version of the collector wrote are counted up to 100000, newest first, within 10 s: narrow the time range',
    'there are more than the 5000000 traces that are compared at once: narrow the time range',
  ])('says in Korean what an answer left out: %s', (note) => {
    expect(say(note)).toMatch(HANGUL);
    expect(say(note)).not.toMatch(LATIN_WORD);
  });

  it.each([
    'the disk is full: make room',
    'it, or a file in it, was removed or moved while in use: put it back, or restart the collector',
    'the disk refuses (EIO)',
  ])('says in Korean why nothing is taken, and where: %s', (problem) => {
    const said = say(`nothing can be kept in /srv/log now: ${problem}; senders keep their batches`);
    expect(said).toContain('/srv/log');
    expect(said.replace('/srv/log', '').replace('EIO', '')).not.toMatch(LATIN_WORD);
    expect(say('the collector holds 8589934592 bytes that the storage has not taken; send again later')).not.toMatch(LATIN_WORD);
  });

  it('puts what stands at a place into the sentence, and sentences in sentences', () => {
    expect(say('This is not the name of a level (parameter "query", position 6).')).toBe('레벨의 이름이 아닙니다 (매개변수 query, 위치 6)');
    const unreachable =
      'Elasticsearch at http://es:9200 cannot be reached (connect ECONNREFUSED): start it or correct THREADLINE_ELASTICSEARCH_URL';
    expect(say(unreachable)).toContain('http://es:9200의 Elasticsearch에 연결할 수 없습니다(connect ECONNREFUSED)');
  });

  it('says by the code what it has no sentence for, and leaves what it does not know', () => {
    expect(say('Something new went wrong', 'storage_unavailable')).not.toMatch(LATIN_WORD);
    expect(say('Something new went wrong', 'a_new_code')).toBe('Something new went wrong');
    expect(say('constructor', '__proto__')).toBe('constructor');
  });
});

function problemOf(query: string): QuerySyntaxError {
  for (const target of ['logs', 'spans'] as const) {
    try {
      parseQuery(query, target);
    } catch (error) {
      if (error instanceof QuerySyntaxError) return error;
      throw error;
    }
  }
  throw new Error(`${query} is a query`);
}
