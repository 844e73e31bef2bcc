import type { FlowBreak, Span } from '@threadline/collector/api';
import { type Absence, type AbsentServices, absentServices, addressOf } from './absent-services.ts';
import { ownText } from './any-value.ts';
import { databaseName, queueName } from './call-target.ts';
import type { FlowItem } from './causal-order.ts';
import { countAttempts } from './flow-attempts.ts';
import { nanosBetween, parseNanos } from './nanos.ts';
import { splitInstances } from './service-instances.ts';
import { SPAN_KIND } from './span-kind.ts';

export const PARTICIPANT_TYPES = ['service', 'queue', 'database', 'external', 'outside'] as const;
export type ParticipantType = (typeof PARTICIPANT_TYPES)[number];

/** Who sends or receives messages. */
export interface Participant {
  readonly type: ParticipantType;
  /** A service's, `kafka orders`, `postgresql shop`, an address; empty for whoever is outside. */
  readonly name: string;
  /** Told only where a service has several. */
  readonly instance: string;
  /** Of a service of which no span is in the flow: why. */
  readonly absence?: Absence;
}

/** `call` waits for an answer, `async` does not, `self` is work inside. */
export type MessageType = 'call' | 'async' | 'self';

export interface SequenceMessage {
  readonly type: MessageType;
  /** Places among the participants. */
  readonly from: number;
  readonly to: number;
  readonly label: string;
  /** Places among the flow's items of the spans that it stands for: of a call the caller's and the called side's. */
  readonly spans: readonly number[];
  /** Of these the one that says most: the called side's, where it is there. */
  readonly main: number;
  /** Of its records, in their order. */
  readonly logs: readonly number[];
  readonly isError: boolean;
  /** 1, or the how-many-eth try it is. */
  readonly attempt: number;
  /** Place of the message that caused it; -1 where none did. */
  readonly parent: number;
  /** Nanoseconds since the flow's start. */
  readonly start: number;
  readonly duration: number;
}

export interface FlowSequence {
  /** In the order in which they join. */
  readonly participants: readonly Participant[];
  /** Causes before what they cause, as the items. */
  readonly messages: readonly SequenceMessage[];
  /** Of each item the message that it belongs to; -1 for a record of no span here. */
  readonly messageOf: Int32Array;
}

/** What says whom a call went to that nothing in the flow continues. */
export interface SequenceHints {
  readonly breaks: readonly FlowBreak[];
  /** Names of services that are known beside those of the flow. */
  readonly services: readonly string[];
}

const NO_HINTS: SequenceHints = { breaks: [], services: [] };

/** The flow as messages between services, queues, databases and others. Every span is in exactly one message, every record of a span in its span's. */
export function buildSequence(items: readonly FlowItem[], hints: SequenceHints = NO_HINTS): FlowSequence {
  return new SequenceBuilder(items, hints).build();
}

interface Draft {
  readonly type: MessageType;
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

interface Built extends Draft {
  readonly spans: number[];
  readonly logs: number[];
  readonly parent: number;
  readonly attempt: number;
}

class SequenceBuilder {
  readonly #items: readonly FlowItem[];
  readonly #participants: Participant[] = [];
  readonly #places = new Map<string, number>();
  /** Of an item the place of its instance among the participants, where it joins now if it has not before. */
  readonly #homeOf: (item: number) => number;
  readonly #itemOf = new Map<string, number>();
  readonly #childrenOf = new Map<string, number[]>();
  /** Of an address an item of the instance that answers there; -1 where several do. */
  readonly #answersAt = new Map<string, number>();
  /** Of a service an item of its instance; -1 where it has several. */
  readonly #itemsOf = new Map<string, number>();
  readonly #absent: AbsentServices;
  readonly #messages: Built[] = [];
  readonly #messageOf: Int32Array;

  constructor(items: readonly FlowItem[], hints: SequenceHints) {
    this.#items = items;
    this.#absent = absentServices(items, hints);
    this.#messageOf = new Int32Array(items.length).fill(-1);
    items.forEach((item, index) => {
      if (item.type !== 'span') return;
      const name = spanKey(item.span.traceId, item.span.spanId);
      if (!this.#itemOf.has(name)) this.#itemOf.set(name, index);
      if (item.span.parentSpanId !== undefined) push(this.#childrenOf, spanKey(item.span.traceId, item.span.parentSpanId), index);
    });
    const { instances, placeOf } = splitInstances(items.map((item) => (item.type === 'span' ? item.span : item.log)));
    items.forEach((item) => {
      if (item.type !== 'span' || item.span.kind !== SPAN_KIND.client) return;
      const address = addressOf(item.span);
      const server = this.#serverOf(item.span);
      if (address === '' || server === undefined) return;
      const known = this.#answersAt.get(address);
      const isOther = known !== undefined && (known === -1 || placeOf[known] !== placeOf[server]);
      this.#answersAt.set(address, isOther ? -1 : server);
    });
    items.forEach((item, index) => {
      if (item.type !== 'span') return;
      const { service = '' } = instances[placeOf[index] ?? 0] ?? {};
      const known = this.#itemsOf.get(service);
      const isOther = known !== undefined && (known === -1 || placeOf[known] !== placeOf[index]);
      this.#itemsOf.set(service, isOther ? -1 : index);
    });
    this.#homeOf = (item) => {
      const { service, instance } = instances[placeOf[item] ?? 0] ?? { service: '', instance: '' };
      return this.#join({ type: 'service', name: service, instance });
    };
  }

  build(): FlowSequence {
    const spans = this.#items.flatMap((item) => (item.type === 'span' ? [item.span] : []));
    const attempts = new Map(countAttempts(spans).map((attempt, index) => [spans[index], attempt]));
    const startNanos = spans.reduce<bigint | undefined>((least, { startTimeUnixNano }) => {
      const start = parseNanos(startTimeUnixNano);
      return least === undefined || start < least ? start : least;
    }, undefined);
    this.#items.forEach((item, index) => {
      if (item.type === 'log') {
        const owner = item.log.traceId === undefined ? undefined : this.#itemOf.get(spanKey(item.log.traceId, item.log.spanId ?? ''));
        const message = owner === undefined ? -1 : (this.#messageOf[owner] ?? -1);
        this.#messageOf[index] = message;
        this.#messages[message]?.logs.push(index);
        return;
      }
      const { span } = item;
      const cause = this.#causeOf(span);
      const parent = cause === undefined ? -1 : (this.#messageOf[cause] ?? -1);
      if (cause !== undefined && parent !== -1 && this.#isAnswerOf(index, span, cause)) {
        this.#messageOf[index] = parent;
        this.#messages[parent]?.spans.push(index);
        return;
      }
      const draft = this.#draft({ span, index, cause });
      this.#messageOf[index] = this.#messages.length;
      this.#messages.push({ ...draft, spans: [index], logs: [], parent, attempt: attempts.get(span) ?? 1 });
    });
    return {
      participants: this.#participants,
      messages: this.#messages.map((message) => this.#finish(message, startNanos ?? 0n)),
      messageOf: this.#messageOf,
    };
  }

  /** The called side of a call that is a message already: both are one. */
  #isAnswerOf(index: number, span: Span, cause: number): boolean {
    const caller = this.#spanAt(cause);
    if (caller?.kind !== SPAN_KIND.client || span.kind !== SPAN_KIND.server || span.parentSpanId !== caller.spanId) return false;
    return this.#serverOf(caller) === index;
  }

  #draft({ span, index, cause }: { readonly span: Span; readonly index: number; readonly cause: number | undefined }): Draft {
    const system = ownText(span, 'messaging.system');
    const operation = ownText(span, 'messaging.operation.type') || ownText(span, 'messaging.operation');
    const label = span.name;
    const takes = span.kind === SPAN_KIND.consumer || ['receive', 'process', 'deliver', 'settle'].includes(operation);
    if (takes) {
      const home = this.#homeOf(index);
      const queue = system === '' ? undefined : this.#join(queueOf(span));
      const sender = cause === undefined ? undefined : this.#homeOf(cause);
      return { type: 'async', from: queue ?? sender ?? this.#join(OUTSIDE), to: home, label };
    }
    if (span.kind === SPAN_KIND.producer || (system !== '' && ['send', 'publish', 'create'].includes(operation))) {
      const home = this.#homeOf(index);
      return { type: 'async', from: home, to: system === '' ? home : this.#join(queueOf(span)), label };
    }
    if (span.kind === SPAN_KIND.client) return { from: this.#homeOf(index), ...this.#called(span, this.#homeOf(index)), label };
    if (cause !== undefined) {
      const from = this.#homeOf(cause);
      const home = this.#homeOf(index);
      return { type: from === home ? 'self' : 'call', from, to: home, label };
    }
    if (span.kind === SPAN_KIND.server) {
      const from = this.#join(OUTSIDE);
      return { type: 'call', from, to: this.#homeOf(index), label };
    }
    const home = this.#homeOf(index);
    return { type: 'self', from: home, to: home, label };
  }

  #called(span: Span, home: number): Pick<Draft, 'type' | 'to'> {
    const server = this.#serverOf(span);
    if (server !== undefined) return { type: 'call', to: this.#homeOf(server) };
    const database = databaseName(span);
    if (database !== '') return { type: 'call', to: this.#join({ type: 'database', name: database, instance: '' }) };
    const address = addressOf(span);
    // An attempt that nobody answered went to whom the others went to.
    const usual = this.#answersAt.get(address);
    if (usual !== undefined && usual !== -1) return { type: 'call', to: this.#homeOf(usual) };
    // Where several answer, its name says nothing.
    const service = usual === undefined ? this.#absent.calledBy(span) : undefined;
    if (service !== undefined) return { type: 'call', to: this.#joinService(service) };
    // A caller that does not say whom it calls, and whose called side is not here, is shown as work of its own.
    if (address === '') return { type: 'self', to: home };
    return { type: 'call', to: this.#join({ type: 'external', name: address, instance: '' }) };
  }

  /** A service that was called without a span of that: as itself where it has others. */
  #joinService(name: string): number {
    const item = this.#itemsOf.get(name);
    if (item !== undefined && item !== -1) return this.#homeOf(item);
    const participant = { type: 'service' as const, name, instance: '' };
    return this.#join(item === -1 ? participant : { ...participant, absence: this.#absent.whyOf(name) });
  }

  /** The first called side of a call. */
  #serverOf({ traceId, spanId }: Span): number | undefined {
    return this.#childrenOf.get(spanKey(traceId, spanId))?.find((child) => this.#spanAt(child)?.kind === SPAN_KIND.server);
  }

  #finish(message: Built, startNanos: bigint): SequenceMessage {
    const spans = message.spans.flatMap((item) => this.#spanAt(item) ?? []);
    const [first] = spans;
    const start = first === undefined ? startNanos : parseNanos(first.startTimeUnixNano);
    const end = first === undefined ? start : parseNanos(first.endTimeUnixNano);
    return {
      ...message,
      // The called side knows its route.
      label: spans.at(-1)?.name ?? message.label,
      main: message.spans.at(-1) ?? 0,
      isError: spans.some(({ status }) => status?.code === 2),
      start: nanosBetween(startNanos, start),
      duration: Math.max(0, nanosBetween(start, end)),
    };
  }

  /** The item of the parent, else of the first that the span links to; undefined where none is here. */
  #causeOf(span: Span): number | undefined {
    const parent = span.parentSpanId === undefined ? undefined : this.#itemOf.get(spanKey(span.traceId, span.parentSpanId));
    if (parent !== undefined) return parent;
    for (const link of span.links ?? []) {
      const item = this.#itemOf.get(spanKey(link.traceId, link.spanId));
      if (item !== undefined) return item;
    }
    return undefined;
  }

  #spanAt(item: number): Span | undefined {
    const found = this.#items[item];
    return found?.type === 'span' ? found.span : undefined;
  }

  #join(participant: Participant): number {
    const key = JSON.stringify([participant.type, participant.name, participant.instance]);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.#participants.length);
    return this.#participants.push(participant) - 1;
  }
}

const OUTSIDE: Participant = { type: 'outside', name: '', instance: '' };

/** What makes two messages look the same, for folding. Not which attempt it is: what is tried again and again is the loop that a reader wants folded. */
export function signatureOf({ type, from, to, label, isError }: SequenceMessage): string {
  return JSON.stringify([type, from, to, label, isError]);
}

function queueOf(span: Span): Participant {
  return { type: 'queue', name: queueName(span), instance: '' };
}

function spanKey(traceId: string, spanId: string): string {
  return `${traceId}/${spanId}`;
}

function push(lists: Map<string, number[]>, key: string, item: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
