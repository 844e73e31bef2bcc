import { describe, expect, it } from 'vitest';
import winston from 'winston';
import { severityOf } from './severity.ts';

function severities(levels: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.keys(levels).map((level) => [level, severityOf(level, levels)]));
}

describe('severityOf', () => {
  it('maps npm’s levels as OpenTelemetry does', () => {
    expect(severities(winston.config.npm.levels)).toEqual({ error: 17, warn: 13, info: 9, http: 7, verbose: 6, debug: 5, silly: 1 });
  });
  it('maps syslog’s levels as OpenTelemetry does', () => {
    expect(severities(winston.config.syslog.levels)).toEqual({
      emerg: 23,
      alert: 22,
      crit: 21,
      error: 17,
      warning: 13,
      notice: 10,
      info: 9,
      debug: 5,
    });
  });
  it('maps cli’s levels as OpenTelemetry does', () => {
    const cli = { error: 17, warn: 13, help: 11, data: 10, info: 9, debug: 5, prompt: 4, verbose: 3, input: 2, silly: 1 };
    expect(severities(winston.config.cli.levels)).toEqual(cli);
  });
  it('places other names by the table, in any case, and an unknown one as INFO', () => {
    const own = { FATAL: 0, Critical: 1, Emergency: 2, trace: 3, dbg: 4, audit: 5 };
    expect(severities(own)).toEqual({ FATAL: 21, Critical: 21, Emergency: 21, trace: 1, dbg: 5, audit: 9 });
  });
  it('believes the app about levels of its own, and of others', () => {
    const own = new Map([
      ['audit', 18],
      ['info', 10],
    ]);
    expect(['audit', 'info', 'error'].map((level) => severityOf(level, winston.config.npm.levels, own))).toEqual([18, 10, 17]);
  });
});
