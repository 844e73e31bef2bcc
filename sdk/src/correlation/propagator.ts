import {
  type Baggage,
  type Context,
  propagation,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api';
import { isTracingSuppressed } from '../context/context-values.ts';
import type { Counters } from '../counters.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { isValidSpanContext } from '../traces/known-span-context.ts';
import type { AllowedHosts } from './allowed-hosts.ts';
import { addGivenBaggage, encodeBaggage, NO_BAGGAGE, parseBaggage } from './baggage.ts';
import { isCorrelationId } from './correlation-id.ts';
import { correlationIdOf, getFlow, setFlow } from './flow.ts';
import { type ForeignHops, getDestination, senderOfCarrier } from './hop.ts';
import { LOG_LEVEL_BAGGAGE_KEY, LOG_LEVEL_HEADER, setRaisedLevel, verifyLevel } from './raised-level.ts';
import { formatTraceParent, parseTraceContext } from './trace-parent.ts';
import type { Trust } from './trust.ts';

const TRACE_PARENT_HEADER = 'traceparent';
const TRACE_STATE_HEADER = 'tracestate';
const BAGGAGE_HEADER = 'baggage';
/** Of a call that was sent no `traceparent`, by this process's own setting. */
const WITHHELD = 'threadline.context.withheld';

export interface PropagatorOptions {
  /** Names that are read in this order; the first is also written. At least one, in lower case. */
  readonly correlationHeaders: readonly [string, ...string[]];
  readonly allowedHosts: AllowedHosts;
  readonly trust: Trust;
  /** `all` sends `traceparent` and `tracestate` everywhere, `allowed` only where baggage goes. */
  readonly traceContextTo: 'all' | 'allowed';
  readonly counters: Counters;
  /** With which whoever raises the log level of a flow signs; where there is none, no flow is raised. */
  readonly logLevelKeys: readonly string[];
  /** Hides the secrets of baggage; undefined sends it as it is. */
  readonly redactor?: Redactor | undefined;
  /** For instrumentations that are not ours. */
  readonly hops?: ForeignHops | undefined;
  /** Called for each call to a host that was not told an id or baggage that there was. */
  onRefused(host: string): void;
  /** Called with what a request asked for by `x-log-level` and why it does not get it. */
  onRefusedLevel(reason: string): void;
}

/**
 * W3C trace context, W3C baggage and the correlation id together, since what is believed and what is sent is decided
 * for all of them at once. Nothing is added to a call made with tracing suppressed, such as the SDK's own exports.
 */
export class FlowPropagator implements TextMapPropagator {
  readonly #options: PropagatorOptions;
  readonly #fields: string[];

  constructor(options: PropagatorOptions) {
    this.#options = options;
    this.#fields = [TRACE_PARENT_HEADER, TRACE_STATE_HEADER, BAGGAGE_HEADER, options.correlationHeaders[0]];
  }

  /** What a call or a message may get; asked for by each call, so always the same list. */
  fields(): string[] {
    return this.#fields;
  }

  /**
   * The carrier of a call may have headers that the app wrote, such as those that a gateway hands on: a trace context is taken
   * out, baggage is sent with the flow's, and an ID stays. To a host that is not allowed baggage and ID stay as they are.
   */
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const destination = getDestination(context) ?? this.#options.hops?.destinationOf(context);
    if (isTracingSuppressed(context)) return;
    const given = destination === undefined ? undefined : takeGiven(carrier, this.#options.correlationHeaders[0]);
    const allowed = destination === undefined || this.#options.allowedHosts.allows(destination);
    if (allowed || this.#options.traceContextTo === 'all') injectTraceContext(context, carrier, setter);
    // Where the thread ends here, a flow says why.
    else trace.getSpan(context)?.setAttribute(WITHHELD, true);
    const id = correlationIdOf(context);
    const baggage = propagation.getBaggage(context);
    if (!allowed) {
      if (destination !== '' && (id !== undefined || baggage !== undefined)) this.#options.onRefused(destination);
      return;
    }
    const external = given === undefined ? undefined : getFlow(context)?.external;
    const sent = given?.baggage === undefined ? baggage : addGivenBaggage(baggage, given.baggage.value, external?.baggage);
    const { header, droppedMembers } = encodeBaggage(id, sent, this.#options.redactor);
    this.#options.counters.droppedBaggageMembers += droppedMembers;
    if (given?.baggage !== undefined) Reflect.deleteProperty(given.carrier, given.baggage.name);
    if (header !== '') setter.set(carrier, BAGGAGE_HEADER, header);
    // A message has no headers of its own: there the id travels in baggage alone.
    if (destination === undefined || id === undefined) return;
    if (given?.id !== undefined) {
      // What the app set is the app's decision, but not what a caller who is not believed had sent it.
      if (given.id.value !== external?.correlationId) return;
      Reflect.deleteProperty(given.carrier, given.id.name);
    }
    setter.set(carrier, this.#options.correlationHeaders[0], id);
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const peer = senderOfCarrier() ?? this.#options.hops?.peerOf(carrier);
    const remote = extractTraceContext(context, carrier, getter);
    const received = parseBaggage(headerOf(carrier, getter, BAGGAGE_HEADER) ?? '');
    const id = this.#readId(carrier, getter, received.correlationId);
    const raise = this.#options.logLevelKeys.length === 0 ? undefined : this.#readLevel(carrier, getter, { id, baggage: received.baggage });
    if (peer !== undefined && !this.#options.trust.trusts(peer.address)) {
      const external = {
        correlationId: raise === undefined ? id : undefined,
        spanContext: trace.getSpanContext(remote),
        baggage: received === NO_BAGGAGE ? undefined : received.baggage,
      };
      // Who has the key is believed the id that was signed, and no more.
      const flow = setFlow(context, { id: raise === undefined ? undefined : id, external });
      return raise === undefined ? flow : raise(flow);
    }
    const withBaggage =
      received !== NO_BAGGAGE && received.baggage.getAllEntries().length > 0 ? propagation.setBaggage(remote, received.baggage) : remote;
    // A carrier that says nothing does not end the flow that is being run.
    if (id === undefined && getFlow(context) !== undefined) return withBaggage;
    const flow = setFlow(withBaggage, { id, external: undefined });
    return raise === undefined ? flow : raise(flow);
  }

  /** What raises the flow in a context, and all that it calls; undefined where nobody asked for it, or with no right to. */
  #readLevel(
    carrier: unknown,
    getter: TextMapGetter,
    { id, baggage }: { readonly id: string | undefined; readonly baggage: Baggage },
  ): ((flow: Context) => Context) | undefined {
    const token = headerOf(carrier, getter, LOG_LEVEL_HEADER) ?? baggage.getEntry(LOG_LEVEL_BAGGAGE_KEY)?.value;
    if (token === undefined) return undefined;
    const raised = verifyLevel(token, { keys: this.#options.logLevelKeys, correlationId: id, nowMillis: Date.now() });
    if (typeof raised === 'string') {
      this.#options.onRefusedLevel(raised);
      return undefined;
    }
    return (flow) => {
      const sent = (propagation.getBaggage(flow) ?? propagation.createBaggage()).setEntry(LOG_LEVEL_BAGGAGE_KEY, { value: token });
      return setRaisedLevel(propagation.setBaggage(flow, sent), raised);
    };
  }

  /** The first that is valid, of the headers in their order, then of baggage. */
  #readId(carrier: unknown, getter: TextMapGetter, inBaggage: string | undefined): string | undefined {
    for (const name of this.#options.correlationHeaders) {
      const id = this.#checked(headerOf(carrier, getter, name));
      if (id !== undefined) return id;
    }
    return this.#checked(inBaggage);
  }

  #checked(candidate: string | undefined): string | undefined {
    if (candidate === undefined || candidate === '') return undefined;
    if (isCorrelationId(candidate)) return candidate;
    this.#options.counters.invalidCorrelationIds += 1;
    return undefined;
  }
}

function injectTraceContext(context: Context, carrier: unknown, setter: TextMapSetter): void {
  const spanContext = trace.getSpanContext(context);
  if (spanContext === undefined || !isValidSpanContext(spanContext)) return;
  setter.set(carrier, TRACE_PARENT_HEADER, formatTraceParent(spanContext));
  // Empty where the sampler took out the only member. W3C asks not to send such a header.
  const traceState = spanContext.traceState?.serialize() ?? '';
  if (traceState !== '') setter.set(carrier, TRACE_STATE_HEADER, traceState);
}

function extractTraceContext(context: Context, carrier: unknown, getter: TextMapGetter): Context {
  const header: unknown = getter.get(carrier, TRACE_PARENT_HEADER);
  const traceParent: unknown = Array.isArray(header) ? header[0] : header;
  if (typeof traceParent !== 'string') return context;
  const spanContext = parseTraceContext(traceParent, headerOf(carrier, getter, TRACE_STATE_HEADER));
  return spanContext === undefined ? context : trace.setSpanContext(context, spanContext);
}

/** A header under the name that the app wrote, in whatever case. */
interface GivenHeader {
  readonly name: string;
  readonly value: string;
}

/** What the app itself wrote into the headers of a call. */
interface GivenHeaders {
  readonly carrier: object;
  baggage: GivenHeader | undefined;
  id: GivenHeader | undefined;
}

/** Takes the trace context out, and says what else there is; undefined where there is nothing, as nearly always. */
function takeGiven(carrier: unknown, idHeader: string): GivenHeaders | undefined {
  if (typeof carrier !== 'object' || carrier === null) return undefined;
  let given: GivenHeaders | undefined;
  for (const name in carrier) {
    const lower = name.toLowerCase();
    if (lower === TRACE_PARENT_HEADER || lower === TRACE_STATE_HEADER) {
      Reflect.deleteProperty(carrier, name);
    } else if (lower === BAGGAGE_HEADER || lower === idHeader) {
      given ??= { carrier, baggage: undefined, id: undefined };
      given[lower === BAGGAGE_HEADER ? 'baggage' : 'id'] = { name, value: String(Reflect.get(carrier, name)) };
    }
  }
  return given;
}

function headerOf(carrier: unknown, getter: TextMapGetter, name: string): string | undefined {
  const value: unknown = getter.get(carrier, name);
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.join(',');
  return typeof value === 'string' ? value : undefined;
}
