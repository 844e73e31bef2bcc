import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BROKEN_OFF, UNEXPECTED_ANSWER } from './api-error.ts';
import { requestJson } from './request-json.ts';

/** What the network has for each path; the connection of the last is lost in the middle of the body. */
const ANSWERS: Readonly<Record<string, () => Response>> = {
  '/api/v1/whole': () => new Response('{"records":[]}'),
  '/api/v1/asked?limit=0&with=a+b&with=': () => new Response('{"records":[]}'),
  '/api/v1/text': () => new Response('<html>'),
  '/api/v1/half': () => {
    const parts = [new TextEncoder().encode('{"records":[')];
    return new Response(
      new ReadableStream({
        pull: (body) => {
          const part = parts.shift();
          if (part === undefined) body.error(new TypeError('network error'));
          else body.enqueue(part);
        },
      }),
    );
  },
};

beforeAll(() => {
  vi.stubGlobal('fetch', async (path: string) => ANSWERS[path]?.());
  vi.stubGlobal('sessionStorage', { getItem: () => null });
});
afterAll(() => void vi.unstubAllGlobals());

describe('requestJson', () => {
  const { signal } = new AbortController();

  it('gives the answer', async () => {
    expect(await requestJson('/whole', {}, signal)).toEqual({ records: [] });
  });

  it('asks for what is not empty, and for each of a list', async () => {
    expect(await requestJson('/asked', { query: '', service: undefined, limit: 0, with: ['a b', ''] }, signal)).toEqual({ records: [] });
  });

  it('tells an answer that broke off, which may come whole the next time, from one that is not the collector’s', async () => {
    await expect(requestJson('/half', {}, signal)).rejects.toMatchObject({ code: BROKEN_OFF, isRetryable: true });
    await expect(requestJson('/text', {}, signal)).rejects.toMatchObject({ code: UNEXPECTED_ANSWER, status: 200, isRetryable: false });
  });
});
