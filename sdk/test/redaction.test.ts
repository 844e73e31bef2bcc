import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { killApps, startApp } from './app-process.ts';

/** One secret, as a part of a text, under a name or in a query. */
interface Case {
  /** What must never be seen. */
  readonly secret: string;
  /** What must be seen, so that a case that was not sent does not count. */
  readonly marker: string;
  readonly text?: string;
  readonly name?: string;
  readonly value?: unknown;
  readonly parameter?: string;
}

/** What nobody would write by chance; a digit is in it, since a word of a language after a colon is none. */
const SECRET = fc.stringMatching(/^zq[A-Za-z0-9._~!*-]{8,24}7[A-Za-z0-9]{2}$/);
const CARD = fc.stringMatching(/^4[0-9]{14}$/).map((digits) => digits + [...'0123456789'].find((check) => passesLuhn(digits + check)));
const PREFIX = fc.constantFrom('', 'failed: ', 'user=bob ', '{"a":1} ', 'Error at 12:30 — ');

const IN_TEXT = fc
  .tuple(
    PREFIX,
    fc.oneof(
      fc.tuple(
        SECRET,
        fc.constantFrom(
          (s: string) => `GET /orders?page=2&access_token=${s}&x=1`,
          (s: string) => `https://a.example/?sig=${s}#top`,
          (s: string) => `/login?next=https%3A%2F%2Fa%2F%3Ftoken%3D${encodeURIComponent(s)}%26x%3D1`,
          (s: string) => `/graphql?variables=${encodeURIComponent(JSON.stringify({ user: 'bob', password: s }))}&x=1`,
          (s: string) => `<u><name>bob</name><ns:Password Type="a">${s}</ns:Password></u>`,
          (s: string) => `mysql --password ${s} --host db`,
          (s: string) => `CREATE USER bob WITH PASSWORD '${s}'`,
          (s: string) => `Authorization: Bearer ${s}`,
          (s: string) => `used Bearer ${s}, refused`,
          (s: string) => `Basic ${Buffer.from(`bob:${s}`).toString('base64')}`,
          (s: string) => `Host: a\nCookie: a=1; theme="${s}"; b=${s}`,
          (s: string) => `set-cookie=session=${s}; Path=/; HttpOnly`,
          (s: string) => JSON.stringify({ user: 'bob', password: s, age: 3 }),
          (s: string) => JSON.stringify({ body: JSON.stringify({ clientSecret: `${s} and`, more: [1] }) }),
          (s: string) => `{ user: 'bob', password: '${s}' }`,
          (s: string) => `UPDATE users SET password = '${s}' WHERE id = 3`,
          (s: string) => `postgres://bob:${s}@db:5432/orders`,
          (s: string) => `level=info api_key=${s} status=200`,
          (s: string) => `curl -H 'x-api-key: ${s}' https://a.example`,
          (s: string) => `eyJhbGciOiJIUzI1NiJ9.${s.replaceAll(/[^\w-]/g, '_')}.c2lnbmF0dXJl`,
        ),
      ),
      fc.tuple(
        CARD,
        fc.constantFrom(
          (s: string) => `paid with ${s}`,
          (s: string) => `paid with ${s.replaceAll(/(\d{4})(?=\d)/g, '$1 ')}, thanks`,
          (s: string) => `{"number":"${s.replaceAll(/(\d{4})(?=\d)/g, '$1-')}"}`,
          (s: string) => `INSERT INTO cards VALUES (${s})`,
        ),
      ),
    ),
  )
  .map(([prefix, [secret, write]]): Omit<Case, 'marker'> => ({ secret: shownIn(write(secret), secret), text: prefix + write(secret) }));

const NAMES = [
  'authorization',
  'http.request.header.cookie',
  'set-cookie',
  'user.password',
  'accessToken',
  'x-api-key',
  'client_secret',
  'headers[authorization]',
];
const UNDER_NAME = fc
  .tuple(
    SECRET,
    fc.constantFrom(...NAMES),
    fc.constantFrom(
      (s: string): unknown => s,
      (s: string): unknown => [s, 'b'],
      (s: string): unknown => `${s} more; a=${s}`,
    ),
  )
  .map(([secret, name, write]): Omit<Case, 'marker'> => ({ secret, name, value: write(secret) }));
const CARD_VALUE = CARD.map((card): Omit<Case, 'marker'> => ({ secret: card, name: 'number', value: Number(card) }));

const IN_QUERY = fc
  .tuple(SECRET, fc.constantFrom('access_token', 'sig', 'X-Amz-Signature', 'password', 'user[password]', 'api%5Fkey'))
  .map(([secret, name]): Omit<Case, 'marker'> => ({ secret, parameter: `${name}=${secret}` }));

let folder = '';
let server: Server;
let sent: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threadline-secrets-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  sent = [];
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      sent.push(`${request.url}\n${request.rawHeaders.join('\n')}\n${Buffer.concat(parts)}`);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await killApps();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Everything that left a process which wrote these cases everywhere. */
async function write(cases: readonly Case[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const file = join(folder, 'cases.json');
  await writeFile(file, JSON.stringify(cases));
  const address = server.address() as AddressInfo;
  const app = startApp({
    script: 'secrets.mjs',
    register: false,
    args: [file],
    env: { COLLECTOR: `http://127.0.0.1:${address.port}`, OTEL_BSP_MAX_QUEUE_SIZE: '100000', ...env },
  });
  expect(await app.ended(), app.stderr()).toMatchObject({ code: 0 });
  return sent.join('\n');
}

describe('what leaves a process', () => {
  it('never has a planted secret in it, wherever that was written', async () => {
    const planted = fc.sample(fc.oneof(IN_TEXT, UNDER_NAME, CARD_VALUE, IN_QUERY), 150);
    const cases = planted.map((one, index) => ({ ...one, marker: `marker-${index}-` }));
    const everything = await write(cases);
    expect(cases.filter(({ marker }) => !everything.includes(marker))).toEqual([]);
    expect(cases.filter(({ secret }) => readings(everything).some((text) => text.includes(secret)))).toEqual([]);
    expect(everything).toContain('REDACTED');
  });

  it('has no secret of what says who sends', async () => {
    const everything = await write([{ secret: 'zq-1', marker: 'm-1', text: 'm-1' }], {
      OTEL_RESOURCE_ATTRIBUTES: 'db.password=zq-1,app.origin=https://bob:zq-1@a.example/,app.build=build-1',
    });
    expect(everything).toContain('build-1');
    expect(everything).not.toContain('zq-1');
  });

  it('has no address of e-mail and nothing of the app’s names when these are asked for', async () => {
    const cases = [
      { secret: 'bob@a.example', marker: 'm-1', text: 'mail to bob@a.example failed' },
      { secret: 'zq-ssn-1', marker: 'm-2', name: 'customer.ssn', value: 'zq-ssn-1' },
    ];
    const everything = await write(cases, { REDACTION: JSON.stringify({ names: ['ssn'], emails: true }) });
    for (const { secret, marker } of cases) {
      expect(everything).toContain(marker);
      expect(everything).not.toContain(secret);
    }
  });

  it('has all of it when redaction is off', async () => {
    const cases = [
      { secret: 'zq-1', marker: 'm-1', text: 'password=zq-1' },
      { secret: 'zq-2', marker: 'm-2', name: 'authorization', value: 'zq-2' },
    ];
    const everything = await write(cases, { REDACTION: 'false' });
    for (const { secret } of cases) expect(everything).toContain(secret);
  });
});

/** The text itself, and what its escapes and its bytes say. */
function readings(text: string): string[] {
  const bytes = [...text.matchAll(/"bytesValue":"([^"]*)"/g)].map(([, encoded]) => Buffer.from(encoded ?? '', 'base64').toString());
  const groups = text.replaceAll(/(\d)(?:[ -]|%20)(?=\d)/g, '$1');
  return [
    text,
    text.replaceAll(/%([0-9A-F]{2})/g, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    bytes.join('\n'),
    groups,
  ];
}

/** Some ways to write a secret change it: then that is what must not be seen. */
function shownIn(text: string, secret: string): string {
  const base64 = /^Basic (\S+)$/.exec(text)?.[1];
  if (base64 !== undefined) return base64;
  return text.startsWith('eyJ') ? secret.replaceAll(/[^\w-]/g, '_') : secret;
}

function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const weighed = index % 2 === 0 ? Number(digit) : Number(digit) * 2;
    return total + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
  return sum % 10 === 0;
}
