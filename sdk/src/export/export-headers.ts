import { decodePercent, type Environment, invalidSetting, readList } from '../settings.ts';

const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
/** What Node sends: no line break, and nothing beyond Latin-1. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Headers of a setting, `name=value` joined by commas, values percent-encoded, as the OTLP exporter specification has them; names in lower case.
 * @throws ThreadlineError for one that could not be sent, without its value, nor what may be one.
 */
export function readExportHeaders(environment: Environment, setting: string): Record<string, string> {
  return Object.fromEntries((readList(environment, setting) ?? []).map((pair) => readHeader(setting, pair)));
}

function readHeader(setting: string, pair: string): [name: string, value: string] {
  const separator = pair.indexOf('=');
  const name = pair.slice(0, Math.max(separator, 0)).trim().toLowerCase();
  if (!NAME.test(name)) throw invalidSetting(setting, 'pairs such as name=value', '…');
  const value = decodePercent(pair.slice(separator + 1).trim());
  if (value === undefined) throw invalidSetting(setting, 'values with % as %25', `${name}=…`);
  if (!VALUE.test(value)) throw invalidSetting(setting, 'values of one line, without characters beyond Latin-1', `${name}=…`);
  return [name, value];
}
