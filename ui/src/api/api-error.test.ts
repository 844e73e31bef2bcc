import { describe, expect, it } from 'vitest';
import { english } from '../messages/english.ts';
import { createTranslate } from '../messages/translate.tsx';
import { ApiError, parseErrorAnswer, UNEXPECTED_ANSWER, UNREACHABLE } from './api-error.ts';
import { describeFailure } from './describe-failure.ts';

const request = 'GET /api/v1/logs';
const t = createTranslate('en', english);

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

describe('describeFailure', () => {
  it('says what to do where nothing answers', () => {
    expect(describeFailure(new ApiError('', { code: UNREACHABLE, status: 0, request }), t).message).toContain('does not answer');
  });

  it('names what is not an answer of the API at all', () => {
    expect(describeFailure(new TypeError('x is undefined'), t).details).toBe('TypeError: x is undefined');
  });
});
