import { describe, expect, it } from 'vitest';
import { startApp } from './app-process.ts';
import { collector } from './collector-each-test.ts';

describe('import { start, correlation, createLogger }', () => {
  it('gives spans, ids and logs without the flag, and shutdown sends everything', async () => {
    const app = startApp({ script: 'explicit.mjs', register: false, env: { COLLECTOR: collector.url } });
    expect(await app.ready()).toEqual({
      bound: 'bound-flow',
      answer: 'import-7',
      inRequest: 'asked-for',
      refused: {
        name: 'ThreadlineError',
        code: 'invalid_correlation_id',
        message: 'correlation.run: the id must be 1 to 128 characters of A-Z a-z 0-9 . _ ~ : / @ + = -',
      },
      counters: { invalidCorrelationIds: 0, droppedBaggageMembers: 0, droppedSpans: 0, droppedLogRecords: 0 },
    });
    expect(await app.ended()).toMatchObject({ code: 0, signal: null });
    expect(app.stderr()).toBe('threadline: the SDK was shut down in this process and does not start again\n');
    expect(collector.logs.map((log) => [log.body, log.attributes['correlation.id'], log.attributes.component])).toEqual([
      ['before waiting', 'import-7', 'importer'],
      ['after waiting', 'import-7', 'importer'],
    ]);
    expect(collector.logs[1]?.attributes).toMatchObject({ 'exception.type': 'RangeError', 'exception.message': 'too far' });
    expect(collector.spans.map((span) => span.name)).toContain('GET /flows/:id');
    expect(collector.spans[0]?.resource['service.name']).toBe('explicit');
    const shown = app.lines.filter((line) => typeof line === 'object' && line !== null && 'level' in line);
    expect(shown).toMatchObject([{ correlation_id: 'import-7', message: 'before waiting' }, { correlation_id: 'import-7' }]);
  });

  it('can be required', async () => {
    const app = startApp({
      script: 'explicit-required.cjs',
      register: false,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    });
    await app.ready();
    expect(await app.ended()).toMatchObject({ code: 0 });
    expect(collector.logs).toMatchObject([{ body: 'hello', severityNumber: 5, attributes: { 'correlation.id': 'required-flow' } }]);
    expect(app.stderr()).toBe('');
  });

  it.each(['asks-early.mjs', 'asks-early.cjs'])('follows a tracer that the app asked for before it started the SDK: %s', async (script) => {
    const app = startApp({ script, register: false, env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
    expect(await app.ended()).toMatchObject({ code: 0 });
    expect(collector.spans.map((span) => span.name)).toEqual(['asked for early']);
  });

  it('works in an app without winston and Express, and in its worker threads', async () => {
    const app = startApp({ script: 'without-winston.mjs', env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
    expect(await app.ended()).toMatchObject({ code: 0 });
    expect(collector.spans.map((span) => [span.name, span.kind]).sort()).toEqual([
      ['GET', 2],
      ['GET', 2],
      ['GET', 3],
      ['GET', 3],
    ]);
    expect(collector.spans[0]?.resource['service.name']).toBe('sdk-fixtures');
    expect(app.stderr()).toBe('');
  });
});
