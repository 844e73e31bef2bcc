import type { ErrorExampleRecord, LogRecord, Span, StackLine } from '../../api/index.ts';
import { indexLog, indexSpan } from '../../model/indexed-record.ts';
import type { IndexedRecord } from '../../model/record.ts';
import { ErrorNames } from '../../storage/errors/error-names.ts';
import { type ErrorExample, type ErrorGroup, MAX_ERROR_EXAMPLES } from '../../storage/errors/errors.ts';
import { EXCEPTION_STACK, EXCEPTION_TYPE, type Exception, exceptionsOf } from '../../storage/errors/exceptions.ts';
import { describeStack } from '../../storage/errors/stack-trace.ts';
import type { RowSearch } from '../../storage/storage.ts';
import type { Reader } from '../api-route.ts';
import { and, equals, or } from '../query-nodes.ts';

/** Records of one instant, of one service or span, among which an example is looked for. */
const MAX_CANDIDATES = 50;
const MAX_MESSAGE_LENGTH = 1_000;

/** The records behind a group's examples, in the same order; what retention took meanwhile is left out. */
export async function readExamples(
  group: ErrorGroup,
  reader: Reader,
): Promise<{ readonly examples: ErrorExampleRecord[]; readonly stack: StackLine[] }> {
  const names = new ErrorNames();
  const found = await Promise.all(group.examples.map((example) => findRecord(example, group, { reader, names })));
  const present = found.flatMap((one) => (one ? [one] : []));
  const stack = present.find(({ exception }) => exception.stack !== '')?.exception.stack ?? '';
  return {
    examples: present.map(({ indexed, exception }) => toExample(indexed, exception)),
    stack: stack === '' ? [] : describeStack(stack),
  };
}

/** How many traces met an error, where each of them is an example: not where there are as many as are told of, or some is of no trace. */
export function countTraces({ examples }: Pick<ErrorGroup, 'examples'>): number | undefined {
  return examples.length < MAX_ERROR_EXAMPLES && examples.every(({ traceId }) => traceId !== '') ? examples.length : undefined;
}

async function findRecord(
  { timeNanos, source, traceId, spanId }: ErrorExample,
  { service, fingerprint }: ErrorGroup,
  { reader: { storage, context }, names }: { readonly reader: Reader; readonly names: ErrorNames },
): Promise<{ readonly indexed: IndexedRecord; readonly exception: Exception } | undefined> {
  const query =
    spanId === ''
      ? and(
          ...(service === '' ? [] : [equals('service', service)]),
          ...(traceId === '' ? [] : [equals('traceId', traceId)]),
          source === 'span' ? equals('event', 'exception') : or(...[EXCEPTION_TYPE, EXCEPTION_STACK].map(existsAttribute)),
        )
      : and(equals('traceId', traceId), equals('spanId', spanId));
  const search: RowSearch = { query, range: { fromNanos: timeNanos, toNanos: timeNanos + 1n }, order: 'desc', limit: MAX_CANDIDATES };
  const indexed =
    source === 'span'
      ? (await storage.searchSpans(search, context)).rows.map(({ record }) => indexSpan(record))
      : (await storage.searchLogs(search, context)).rows.map(({ record }) => indexLog(record));
  for (const candidate of indexed) {
    const exception = exceptionsOf(candidate).find((one) => candidate.service === service && names.of(one).fingerprint === fingerprint);
    if (exception) return { indexed: candidate, exception };
  }
  return undefined;
}

function existsAttribute(key: string) {
  return { type: 'exists', field: { type: 'attribute', key, place: 'attributes' } } as const;
}

function toExample(indexed: IndexedRecord, { message }: Exception): ErrorExampleRecord {
  const record: LogRecord | Span = indexed.record;
  return {
    source: indexed.signal === 'traces' ? 'span' : 'log',
    recordId: indexed.id,
    timeUnixNano: String(indexed.timeNanos),
    ...(record.traceId !== undefined && { traceId: record.traceId }),
    ...(record.spanId !== undefined && { spanId: record.spanId }),
    ...(indexed.correlationId !== undefined && { correlationId: indexed.correlationId }),
    ...(indexed.signal === 'traces' && { operation: indexed.record.name }),
    message: message.slice(0, MAX_MESSAGE_LENGTH),
  };
}
