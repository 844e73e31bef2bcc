import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killApps, startApp } from './app-process.ts';

const ID = 'response-head';

interface Head {
  readonly status: string;
  /** Names as they were written, without those that say when and how the connection ends. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** The same app without the SDK and with it. */
let without = '';
let withSdk = '';

beforeAll(async () => {
  const env = { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
  const apps = [false, true].map((register) => startApp({ script: 'response-heads.mjs', env, register }));
  [without = '', withSdk = ''] = await Promise.all(apps.map(async (app) => `http://127.0.0.1:${(await app.ready()).port}`));
});
afterAll(killApps);

function ask(base: string, form: string): Promise<Head> {
  return new Promise((resolve, reject) => {
    request(`${base}/${encodeURIComponent(form)}`, { headers: { 'x-correlation-id': ID }, agent: false }, async (response) => {
      const pairs = response.rawHeaders.flatMap((name, index, all) => (index % 2 === 0 ? [`${name}: ${all[index + 1]}`] : []));
      let body = '';
      for await (const part of response.setEncoding('utf8')) body += part;
      resolve({
        status: `${response.statusCode} ${response.statusMessage}`,
        headers: pairs.filter((pair) => !/^(date|connection|keep-alive):/i.test(pair)),
        body,
      });
    })
      .on('error', reject)
      .end();
  });
}

async function formsOf(): Promise<readonly [others: string[], own: string[]]> {
  return JSON.parse((await ask(without, '')).body);
}

describe('the head of a response', () => {
  it('is what it is without the SDK in each form that Node takes, and carries the id', async () => {
    const [forms] = await formsOf();
    expect(forms.length).toBeGreaterThan(10);
    for (const form of forms) {
      const expected = await ask(without, form);
      const { headers, ...others } = await ask(withSdk, form);
      expect(others, form).toEqual({ status: expected.status, body: expected.body });
      expect([...headers].sort(), form).toEqual([...expected.headers, `x-correlation-id: ${ID}`].sort());
    }
  });

  it('keeps an id of the app’s own, once', async () => {
    const [, forms] = await formsOf();
    expect(forms.length).toBeGreaterThan(3);
    for (const form of forms) expect(await ask(withSdk, form), form).toEqual(await ask(without, form));
  });
});
