import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';
import { checkStartOptions } from './start-options.ts';

describe('the options of start', () => {
  it.each([
    [{ servicename: 'x' }, 'unknown_setting', 'servicename: unknown option, did you mean serviceName?'],
    [{ captureConsole: true }, 'unknown_setting', 'captureConsole: unknown option, did you mean logs.console?'],
    [{ sampling: { everything: 1 } }, 'unknown_setting', 'sampling.everything: unknown option; there are ratio, tail, slowMillis'],
    [{ redaction: { name: ['x'] } }, 'unknown_setting', 'redaction.name: unknown option, did you mean redaction.names?'],
    [{ redaction: 'off' }, 'invalid_setting', 'redaction: expected an object or false, got a text'],
    [{ serviceName: 5 }, 'invalid_setting', 'serviceName: expected a text, got a number'],
    [{ ingestKey: 5 }, 'invalid_setting', 'ingestKey: expected a text, got a number'],
    [{ allowedHosts: 'x' }, 'invalid_setting', 'allowedHosts: expected a list of texts, got a text'],
    [{ correlationHeaders: ['x', 1] }, 'invalid_setting', 'correlationHeaders: expected a list of texts, got a list with a number'],
    [{ trust: ['10.0.0.0/8'] }, 'invalid_setting', 'trust: expected a text, got a list'],
    [{ sampling: null }, 'invalid_setting', 'sampling: expected an object, got null'],
    [{ sampling: { tail: 'on' } }, 'invalid_setting', 'sampling.tail: expected true or false, got a text'],
    [{ createCorrelationId: 5 }, 'invalid_setting', 'createCorrelationId: expected a function, got a number'],
    [{ logs: { levels: [] } }, 'invalid_setting', 'logs.levels: expected an object, got a list'],
    [5, 'invalid_setting', 'options: expected an object, got a number'],
    [null, 'invalid_setting', 'options: expected an object, got null'],
    [[], 'invalid_setting', 'options: expected an object, got a list'],
  ])('%j end in one line that names what is wrong', (options, code, message) => {
    expect(() => checkStartOptions(options)).toThrow(expect.objectContaining({ name: 'ThreadlineError', code, message }));
  });

  it('may be left undefined, each of them', () => {
    expect(() => checkStartOptions({ serviceName: undefined, redaction: undefined, sampling: { ratio: undefined } })).not.toThrow();
    expect(() => checkStartOptions({ redaction: false, logs: { levels: { audit: 'info' } } })).not.toThrow();
  });

  it('are looked at before they are read', () => {
    const options: object = { allowedHosts: 'x' };
    expect(() => readConfig({}, options)).toThrow('allowedHosts: expected a list of texts, got a text');
    expect(() => readConfig({}, { serviceName: ' ' })).toThrow('serviceName: expected a name, got " "');
  });
});
