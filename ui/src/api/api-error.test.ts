import { describe, expect, it } from 'vitest';
import { english } from '../messages/english.ts';
import { korean } from '../messages/korean.ts';
import { koreanPhrases } from '../messages/korean-phrases.ts';
import { createTranslate } from '../messages/translate.tsx';
import { ApiError, parseErrorAnswer, queryErrorOf, UNEXPECTED_ANSWER, UNREACHABLE } from './api-error.ts';
import { describeFailure } from './describe-failure.ts';

const request = 'GET /api/v1/logs';
const t = createTranslate('en', { messages: english });

describe('parseErrorAnswer', () => {
  it('keeps the collector’s words and the place', () => {
    const error = parseErrorAnswer(
      { error: { code: 'unexpected_end', message: 'a value is missing', field: 'query', position: 6, expected: ['a value'] } },
      { status: 400, request },
    );
    expect(error).toMatchObject({ code: 'unexpected_end', status: 400, field: 'query', position: 6, isRetryable: false });
    expect(describeFailure(error, t)).toEqual({
      message: 'a value is missing. Expected: a value',
      details: 'unexpected_end · 400 · GET /api/v1/logs · query:6',
    });
  });

  it('takes a body of any other shape for what it is: not the collector’s', () => {
    for (const body of [undefined, null, '<html>', {}, { error: 'x' }, { error: { code: 5, message: 'x' } }]) {
      expect(parseErrorAnswer(body, { status: 502, request })).toMatchObject({ code: UNEXPECTED_ANSWER, isRetryable: true });
    }
  });
});

describe('queryErrorOf', () => {
  it('is what is wrong at a place in the text', () => {
    const error = new ApiError('x', { code: 'invalid_level', status: 400, request, field: 'query', position: 6, expected: ['warn'] });
    expect(queryErrorOf(error)).toEqual({ message: 'x', position: 6, expected: ['warn'] });
  });

  it('is nothing where the search as a whole is more than the storage takes', () => {
    expect(queryErrorOf(new ApiError('x', { code: 'unsupported_query', status: 400, request, field: 'query' }))).toBeUndefined();
    expect(queryErrorOf(new ApiError('x', { code: 'invalid_argument', status: 400, request, field: 'from', position: 2 }))).toBeUndefined();
  });
});

describe('isRetryable', () => {
  it('asks again where that may help, and not where it would take too long again', () => {
    const codes = { storage_unavailable: 503, overloaded: 429, deadline_exceeded: 504, internal: 500 } as const;
    const retried = Object.entries(codes).filter(([code, status]) => new ApiError('x', { code, status, request }).isRetryable);
    expect(retried.map(([code]) => code)).toEqual(['storage_unavailable', 'overloaded']);
  });
});

describe('describeFailure', () => {
  it('says it in the reader’s language, and keeps the collector’s own words for who is asked for help', () => {
    const ko = createTranslate('ko', { messages: korean, phrases: koreanPhrases });
    const details = { code: 'storage_unavailable', status: 503, request };
    const known = describeFailure(new ApiError('Elasticsearch at http://es:9200 did not answer in time', details), ko);
    expect(known.message).toBe('http://es:9200의 Elasticsearch가 제때 응답하지 않았습니다');
    expect(known.details).toContain('did not answer in time');
    expect(describeFailure(new ApiError('Something that is new', details), ko).message).toContain('잠시 후 다시 시도하세요');
  });

  it('says what to do where nothing answers', () => {
    expect(describeFailure(new ApiError('', { code: UNREACHABLE, status: 0, request }), t).message).toContain('does not answer');
  });

  it('names what is not an answer of the API at all', () => {
    expect(describeFailure(new TypeError('x is undefined'), t).details).toBe('TypeError: x is undefined');
  });
});
