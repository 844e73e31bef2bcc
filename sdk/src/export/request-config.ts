import { readFileSync } from 'node:fs';
import { readKnownName } from '../known-names.ts';
import { type Environment, invalidSetting, readMillis, readText } from '../settings.ts';
import { readExportHeaders } from './export-headers.ts';

/** How OpenTelemetry's settings name a signal. */
export type SettingSignal = 'TRACES' | 'LOGS';

/** Certificates of a connection, as text; what is missing is Node's own. */
export interface Certificates {
  /** Whom to believe. */
  readonly ca?: string;
  /** Who this is, and the key of it. */
  readonly cert?: string;
  readonly key?: string;
}

/** One signal's requests. */
export interface RequestConfig {
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMillis: number;
  readonly compression: 'none' | 'gzip';
  readonly certificates: Certificates;
}

/** Half of OpenTelemetry's 10 s: an answer that asks for a retry must not keep a process that is done for longer. */
const DEFAULT_TIMEOUT_MILLIS = 5000;
const CERTIFICATES = { ca: 'CERTIFICATE', cert: 'CLIENT_CERTIFICATE', key: 'CLIENT_KEY' } as const;

/**
 * The signal's own settings, else those of both. Headers are those of both, with the signal's own beside and before them.
 * @throws ThreadlineError for a header, a number and a file that are none.
 */
export function readRequestConfig(environment: Environment, signal: SettingSignal, ingestKey: string | undefined): RequestConfig {
  const either = <Value>(name: string, read: (setting: string) => Value | undefined): Value | undefined =>
    read(`OTEL_EXPORTER_OTLP_${signal}_${name}`) ?? read(`OTEL_EXPORTER_OTLP_${name}`);
  return {
    headers: {
      ...readExportHeaders(environment, 'OTEL_EXPORTER_OTLP_HEADERS'),
      ...readExportHeaders(environment, `OTEL_EXPORTER_OTLP_${signal}_HEADERS`),
      ...(ingestKey === undefined ? {} : { authorization: `Bearer ${checkedKey(ingestKey)}` }),
    },
    timeoutMillis: either('TIMEOUT', (setting) => readMillis(environment, setting, 1)) ?? DEFAULT_TIMEOUT_MILLIS,
    compression: either('COMPRESSION', (setting) => readKnownName(environment, setting)) === 'gzip' ? 'gzip' : 'none',
    certificates: Object.fromEntries(
      Object.entries(CERTIFICATES).flatMap(([part, name]) => {
        const text = either(name, (setting) => readPem(environment, setting));
        return text === undefined ? [] : [[part, text]];
      }),
    ),
  };
}

function checkedKey(ingestKey: string): string {
  if (/^[\x21-\x7e]+$/.test(ingestKey)) return ingestKey;
  throw invalidSetting('THREADLINE_SDK_INGEST_KEY', 'printable characters without blanks', '…');
}

function readPem(environment: Environment, setting: string): string | undefined {
  const path = readText(environment, setting);
  if (path === undefined) return undefined;
  const text = readFileOr('', path);
  if (text.includes('-----BEGIN ')) return text;
  throw invalidSetting(setting, 'the path of a PEM file that can be read', path);
}

function readFileOr(otherwise: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}
