import type { Span } from '@opentelemetry/api';
import { failDatabaseSpan, type ServerAddress, startDatabaseSpan } from './db-span.ts';
import { type EndCall, numberField, textField } from './in-context.ts';
import { readSql } from './sql-text.ts';

/** Of what a connection says of its server. */
export interface MysqlServer {
  /** As the server greeted; undefined before it has. */
  readonly isMariadb: boolean | undefined;
  readonly namespace: string | undefined;
  readonly server: ServerAddress;
}

/** What is asked of it. */
interface MysqlCall {
  readonly sql: string;
  /** How many rows of parameters a batch has. */
  readonly batchSize?: number | undefined;
}

/** Numbers that the connector `mariadb` gives to errors of its own, which are no answer of the server's. */
const CONNECTOR_ERRORS = { least: 45_000, below: 46_000 };

/** Starts the span of a call; undefined where there is to be none. `describe` is asked again at the end where the server had not greeted. */
export function startMysqlCall({ sql, batchSize }: MysqlCall, describe: () => MysqlServer): EndCall | undefined {
  const { text, summary, operation } = readSql(sql, 'mysql');
  const { isMariadb, namespace, server } = describe();
  const isBatch = batchSize !== undefined && batchSize > 1;
  const span = startDatabaseSpan({
    system: systemOf(isMariadb),
    summary: isBatch ? `BATCH ${summary}` : summary,
    operation: isBatch && operation !== undefined ? `BATCH ${operation}` : operation,
    namespace,
    text: () => text,
    batchSize: isBatch ? batchSize : undefined,
    server,
  });
  if (span === undefined) return undefined;
  return (error) => {
    if (!span.isRecording()) return;
    if (isMariadb === undefined) span.setAttribute('db.system.name', systemOf(describe().isMariadb));
    endSpan(span, error);
  };
}

/** A configuration as these libraries keep it: a socket's path, else a host and its port. */
export function serverOf(config: unknown): ServerAddress {
  const path = textField(config, 'socketPath');
  if (path) return { address: path, port: undefined };
  // Of a URL some versions keep it as it is written.
  const port = numberField(config, 'port') ?? Number.parseInt(textField(config, 'port') ?? '', 10);
  return { address: textField(config, 'host'), port: Number.isNaN(port) ? undefined : port };
}

/** MariaDB says so in its version: `10.11.19-MariaDB`. */
export function isMariadbVersion(version: string | undefined): boolean | undefined {
  return version?.includes('MariaDB');
}

function systemOf(isMariadb: boolean | undefined): 'mysql' | 'mariadb' {
  return isMariadb === true ? 'mariadb' : 'mysql';
}

function endSpan(span: Span, error: unknown): void {
  if (error === undefined || error === null) span.end();
  else failDatabaseSpan(span, error, statusOf(error));
}

/** The server's number for what went wrong; only what the server answers has a SQL state. */
function statusOf(error: unknown): string | undefined {
  const number = numberField(error, 'errno');
  if (number === undefined || textField(error, 'sqlState') === undefined) return undefined;
  return number >= CONNECTOR_ERRORS.least && number < CONNECTOR_ERRORS.below ? undefined : String(number);
}
