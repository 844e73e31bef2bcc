import { type Attributes, type Context, type Link, type Span, type SpanContext, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import { EMPTY_CONTEXT } from '../context/linked-context.ts';
import { setFlow } from '../correlation/flow.ts';
import { isError } from '../logs/exception.ts';
import { isValidSpanContext } from '../traces/known-span-context.ts';
import { recordException, setFailure } from '../traces/record-exception.ts';
import { writeContext } from './carrier.ts';
import { type MessagingConventions, nameAttributes } from './conventions.ts';

/** How spans of messages are made; the same for every library. */
export interface MessagingSettings {
  /** Whether a process span is a child of the span that created its message, or only linked to it. */
  readonly messageParent: 'producer' | 'link';
  readonly conventions: MessagingConventions;
}

/** One operation of a messaging library. */
export interface Operation {
  /** What the library calls it: `publish`, `poll`. */
  readonly name: string;
  /** `messaging.destination.name`; undefined for an operation on several. */
  readonly destination: string | undefined;
  /** Further attributes, by their names in version 1.37.0 of the semantic conventions. */
  readonly attributes: Attributes;
}

/** A span of a producer, and what its message must carry. */
export interface Sent {
  readonly span: Span;
  readonly fields: Readonly<Record<string, string>>;
}

/** The span model of messaging for one system; spans are named `{operation} {destination}`. */
export interface MessageTracer {
  readonly settings: MessagingSettings;
  /** One message: a PRODUCER send span whose context the message carries. The caller ends it. */
  send(operation: Operation, parent: Context): Sent;
  /** One message of a batch: a PRODUCER create span, ended at once, whose context the message carries. */
  create(operation: Operation, parent: Context): Sent;
  /** A batch: a CLIENT send span that links to the create spans of its messages. The caller ends it. */
  sendBatch(operation: Operation, parent: Context, created: readonly Sent[]): Span;
  /**
   * Messages that were fetched: a CLIENT receive span in the consumer's own trace, with a flow of its own unless `parent`
   * has one, that links to what created them. Ended at once, with `startMillis` of performance.now() as its start; returned
   * as the context for what is about them all.
   */
  receive(operation: Operation, parent: Context | undefined, creations: readonly Context[], startMillis?: number): Context;
  /** The work on one message: a CONSUMER process span that links to its creation and to its receive span. The caller ends it. */
  process(operation: Operation, creation: Context, receive: SpanContext | undefined): Context;
}

type OperationType = 'create' | 'send' | 'receive' | 'process';

/** The spans of one library's messages; `system` as the semantic conventions list it. No work until a span is made. */
export function createMessageTracer(system: string, settings: MessagingSettings): MessageTracer {
  const start = (type: OperationType, kind: SpanKind, operation: Operation, parent: Context, links: Link[], startTime?: number): Span =>
    tracerOf(system).startSpan(
      spanName(operation),
      {
        kind,
        links,
        ...(startTime === undefined ? {} : { startTime }),
        attributes: nameAttributes(
          {
            'messaging.system': system,
            'messaging.operation.name': operation.name,
            'messaging.operation.type': type,
            ...(operation.destination === undefined ? {} : { 'messaging.destination.name': operation.destination }),
            ...operation.attributes,
          },
          settings.conventions,
        ),
      },
      parent,
    );
  const produce = (type: 'create' | 'send', operation: Operation, parent: Context): Sent => {
    const span = start(type, SpanKind.PRODUCER, operation, parent, []);
    return { span, fields: writeContext(trace.setSpan(parent, span)) };
  };
  return {
    settings,
    send: (operation, parent) => produce('send', operation, parent),
    create(operation, parent) {
      const created = produce('create', operation, parent);
      created.span.end();
      return created;
    },
    sendBatch(operation, parent, created) {
      const links = created.map(({ span }) => ({ context: span.spanContext() }));
      return start('send', SpanKind.CLIENT, { ...operation, attributes: withCount(operation.attributes, created.length) }, parent, links);
    },
    receive(operation, parent, creations, startMillis) {
      const own = parent ?? setFlow(EMPTY_CONTEXT, { id: undefined, external: undefined });
      const counted = creations.length > 1 ? { ...operation, attributes: withCount(operation.attributes, creations.length) } : operation;
      const span = start(
        'receive',
        SpanKind.CLIENT,
        counted,
        own,
        linksTo(creations.map((creation) => trace.getSpanContext(creation))),
        startMillis,
      );
      span.end();
      return trace.setSpan(own, span);
    },
    process(operation, creation, receive) {
      const parent = processParent(settings, creation, receive);
      const links = linksTo([trace.getSpanContext(creation), receive]);
      return trace.setSpan(parent, start('process', SpanKind.CONSUMER, operation, parent, links));
    },
  };
}

/** Ends a span as it went: with the error, when there is one. */
export function endSpan(span: Span, error: unknown, endTime?: number): void {
  if (error !== undefined) {
    setFailure(span, error);
    if (isError(error)) recordException(span, error);
  }
  span.end(endTime);
}

/** A name that a broker made up is different each time and would make a name for each span. */
function spanName({ name, destination, attributes }: Operation): string {
  if (attributes['messaging.destination.anonymous'] === true) return `${name} (anonymous)`;
  return destination === undefined ? name : `${name} ${destination}`;
}

/** The flow and the baggage are the message's either way; only the trace differs. */
function processParent({ messageParent }: MessagingSettings, creation: Context, receive: SpanContext | undefined): Context {
  if (messageParent === 'producer') return creation;
  return receive === undefined ? trace.deleteSpan(creation) : trace.setSpanContext(creation, receive);
}

function linksTo(spans: readonly (SpanContext | undefined)[]): Link[] {
  return spans.flatMap((span) => (span !== undefined && isValidSpanContext(span) ? [{ context: span }] : []));
}

function withCount(attributes: Attributes, count: number): Attributes {
  return { ...attributes, 'messaging.batch.message_count': count };
}

function tracerOf(system: string): Tracer {
  return trace.getTracer(`@threadline/sdk/${system}`);
}
