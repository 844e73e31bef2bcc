import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { allLogs } from '../end-to-end/reading.ts';
import { failToStart, type RunningCollector, startCollector, temporaryDirectory } from '../running-collector.ts';
import { createCertificates, type TestCertificates } from './certificates.ts';
import { type SecuredProxy, startSecuredProxy } from './secured-proxy.ts';

const API_KEY = 'VnVhQ2ZHY0JDZGJrUW06dWkybHAyYXhUTm1zeWFrdzl0dk5udw==';
const USER = { name: 'threadline', password: 'p@ss:w/rd ä' };
const BASIC = `Basic ${Buffer.from(`${USER.name}:${USER.password}`).toString('base64')}`;
const WITHIN = { timeout: 60_000, interval: 200 };

describe('a cluster with security on', () => {
  let data: Awaited<ReturnType<typeof temporaryDirectory>>;
  let certificates: TestCertificates;
  const proxies: SecuredProxy[] = [];
  const collectors: RunningCollector[] = [];
  beforeAll(async () => {
    data = await temporaryDirectory();
    certificates = await createCertificates(data.path);
  });
  afterEach(async () => {
    for (const collector of collectors.splice(0)) await collector.end('SIGKILL');
    for (const proxy of proxies.splice(0)) await proxy.close();
  });
  afterAll(() => data.remove());

  const secure = async (authorization: string) => {
    const proxy = await startSecuredProxy({ targetUrl: inject('elasticsearchUrl'), certificates, authorization });
    proxies.push(proxy);
    return proxy;
  };
  const settingsFor = (url: string, others: Record<string, string> = {}) => ({
    THREADLINE_STORAGE: 'elasticsearch',
    THREADLINE_ELASTICSEARCH_URL: url,
    THREADLINE_ELASTICSEARCH_CA_FILE: certificates.authorityFile,
    ...others,
  });
  const withUser = ({ port }: SecuredProxy) =>
    `https://${encodeURIComponent(USER.name)}:${encodeURIComponent(USER.password)}@localhost:${port}`;

  it.each(['an API key', 'a user and a password'])('takes and gives back records over TLS with %s', async (way) => {
    const isKey = way === 'an API key';
    const proxy = await secure(isKey ? `ApiKey ${API_KEY}` : BASIC);
    const settings = isKey ? settingsFor(proxy.url, { THREADLINE_ELASTICSEARCH_API_KEY: API_KEY }) : settingsFor(withUser(proxy));
    const collector = await startCollector(join(data.path, isKey ? 'by-key' : 'by-user'), settings);
    collectors.push(collector);
    const word = `secured${Math.floor(Math.random() * 2 ** 40).toString(36)}`;
    const logRecords = [{ timeUnixNano: '1790000000000000000', body: { stringValue: word } }];
    const sent = await fetch(`${collector.otlpHttp}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }),
    });
    expect(sent.status).toBe(200);
    await expect.poll(async () => (await allLogs(collector.ui, word)).length, WITHIN).toBe(1);
    expect(proxy.requests.some(({ path }) => path.endsWith('/_bulk'))).toBe(true);
    const status = await (await fetch(`${collector.ui}/api/v1/status`)).text();
    const shown = status + collector.stdout() + collector.stderr();
    expect(shown).not.toContain(API_KEY);
    expect(shown).not.toContain(encodeURIComponent(USER.password));
    expect(shown).not.toContain(USER.password);
  });

  it('ends the start with what to correct where credentials are wrong or the certificate is not trusted', async () => {
    const proxy = await secure(`ApiKey ${API_KEY}`);
    const wrongKey = await failToStart(
      join(data.path, 'wrong-key'),
      settingsFor(proxy.url, { THREADLINE_ELASTICSEARCH_API_KEY: 'd3Jvbmc6a2V5' }),
    );
    expect(wrongKey.exitCode).toBe(1);
    expect(wrongKey.stderr).toContain('correct THREADLINE_ELASTICSEARCH_API_KEY or the user in THREADLINE_ELASTICSEARCH_URL');
    expect(wrongKey.stderr).not.toContain('d3Jvbmc6a2V5');

    const { THREADLINE_ELASTICSEARCH_CA_FILE: _untrusted, ...trusting } = settingsFor(proxy.url);
    const untrusted = await failToStart(join(data.path, 'untrusted'), { ...trusting, THREADLINE_ELASTICSEARCH_API_KEY: API_KEY });
    expect(untrusted.exitCode).toBe(1);
    expect(untrusted.stderr).toContain('set THREADLINE_ELASTICSEARCH_CA_FILE to the certificate of the authority');
    expect(proxy.requests).toEqual([]);
  });

  it('ends the start where the file of certificates is not there or has none', async () => {
    const missing = await failToStart(
      join(data.path, 'missing'),
      settingsFor('https://localhost:9', { THREADLINE_ELASTICSEARCH_CA_FILE: join(data.path, 'nowhere.pem') }),
    );
    expect(missing.stderr).toMatch(/THREADLINE_ELASTICSEARCH_CA_FILE names .*nowhere\.pem, which cannot be read/);
    await writeFile(join(data.path, 'empty.pem'), 'nothing');
    const empty = await failToStart(
      join(data.path, 'empty'),
      settingsFor('https://localhost:9', { THREADLINE_ELASTICSEARCH_CA_FILE: join(data.path, 'empty.pem') }),
    );
    expect(empty.stderr).toMatch(/THREADLINE_ELASTICSEARCH_CA_FILE names .*empty\.pem, which has no certificate in PEM/);
    expect([missing.exitCode, empty.exitCode]).toEqual([1, 1]);
  });
});
