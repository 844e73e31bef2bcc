import { AssertionError } from 'node:assert';
import { clearTimeout, setImmediate, setTimeout } from '../own-timers.ts';
import { describeFlow } from './describe-flow.ts';
import { type Flow, findFlow, idOf } from './flow.ts';
import { describeSteps, findUnmetStep, type Step } from './flow-steps.ts';

/** How an expectation begins. */
export interface FlowStart {
  /** The service in which the flow begins. */
  from(service: string): FlowPath;
}

/** After `through`: where it leads. */
export interface FlowHop {
  /** As `FlowPath.through`. */
  through(name: string): FlowHop;
  /** As `FlowPath.to`. */
  to(service: string): FlowPath;
}

/**
 * What is expected so far. Await it: it resolves with the flow once all of it has arrived, and rejects with an
 * `AssertionError` that shows the flow as found when it has not within the collector's time.
 */
export interface FlowPath extends PromiseLike<Flow> {
  /** What comes next, at once or later: a system (`kafka`, `rabbitmq`, `sqs`, `redis`, `http`, `grpc`, `postgresql`), a queue or topic by its name, or a service. */
  through(name: string): FlowHop;
  /** A service that comes after what was named before, at once or later. */
  to(service: string): FlowPath;
  /** A log record of the service that was named last, in this flow, with this text. */
  logging(text: string | RegExp): FlowPath;
}

/** Where flows are looked for. */
export interface FlowSource {
  /** What has arrived. */
  received(): Omit<Flow, 'id'>;
  /** Calls back after each arrival; returns what ends that. */
  onArrival(listener: () => void): () => void;
  /** What was refused, for the message. */
  refusals(): readonly string[];
  readonly timeoutMillis: number;
}

/** How many other flows a message names. */
const MAX_OTHERS = 10;

/** Begins an expectation of the flow with this correlation id. */
export function expectFlow(id: string, source: FlowSource): FlowStart {
  return { from: (service) => new ExpectedPath({ id, source, steps: [{ kind: 'from', name: service }] }) };
}

interface Expectation {
  readonly id: string;
  readonly source: FlowSource;
  readonly steps: readonly Step[];
}

class ExpectedPath implements FlowPath {
  readonly #expectation: Expectation;
  #checked: Promise<Flow> | undefined;
  #goesOn = false;

  constructor(expectation: Expectation) {
    this.#expectation = expectation;
    // One that nobody awaits is checked too, and fails the test as a rejection that nobody handled.
    setImmediate(() => {
      if (!this.#goesOn) void this.#check();
    });
  }

  through(name: string): FlowHop {
    return this.#extend({ kind: 'through', name });
  }

  to(service: string): FlowPath {
    return this.#extend({ kind: 'to', name: service });
  }

  logging(text: string | RegExp): FlowPath {
    return this.#extend({ kind: 'logging', text });
  }

  // biome-ignore lint/suspicious/noThenProperty: the end of a sentence is what is awaited, and only the last word knows that it is.
  then<Result = Flow, Failure = never>(
    onFound?: ((flow: Flow) => Result | PromiseLike<Result>) | null,
    onMissing?: ((error: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Result | Failure> {
    return this.#check().then(onFound, onMissing);
  }

  #extend(step: Step): ExpectedPath {
    this.#goesOn = true;
    return new ExpectedPath({ ...this.#expectation, steps: [...this.#expectation.steps, step] });
  }

  #check(): Promise<Flow> {
    this.#checked ??= waitForFlow(this.#expectation);
    return this.#checked;
  }
}

function waitForFlow({ id, source, steps }: Expectation): Promise<Flow> {
  const { promise, resolve, reject } = Promise.withResolvers<Flow>();
  const look = (): void => {
    const flow = findFlow(id, source.received());
    if (findUnmetStep(flow, steps) === undefined) resolve({ id, spans: flow.spans, logs: flow.logs });
  };
  const stop = source.onArrival(look);
  const timer = setTimeout(() => reject(new AssertionError({ message: describeFailure({ id, source, steps }) })), source.timeoutMillis);
  look();
  return promise.finally(() => {
    clearTimeout(timer);
    stop();
  });
}

function describeFailure({ id, source, steps }: Expectation): string {
  const received = source.received();
  const flow = findFlow(id, received);
  const unmet = findUnmetStep(flow, steps);
  const lines = [`expected the flow ${id} ${describeSteps(steps)}`];
  const refusals = source.refusals().map((refusal) => `the collector refused ${refusal}`);
  if (flow.spans.length === 0 && flow.logs.length === 0) {
    const others = [...new Set([...received.spans, ...received.logs].map(idOf))].filter((other) => other !== undefined);
    const shown = others.slice(0, MAX_OTHERS).join(', ') + (others.length > MAX_OTHERS ? ', …' : '');
    const arrived = others.length === 0 ? 'nothing arrived at all' : `what arrived is of other flows: ${shown}`;
    return [...lines, `but within ${source.timeoutMillis} ms nothing with this id arrived; ${arrived}`, ...refusals].join('\n');
  }
  const met = unmet === undefined ? steps : steps.slice(0, unmet.index);
  const asked = unmet === undefined ? undefined : steps[unmet.index];
  lines.push(
    `but within ${source.timeoutMillis} ms ${met.length === 0 ? '' : `${describeSteps(met)} was found, and `}${asked === undefined ? 'it came too late' : `not ${describeSteps([asked])}: ${unmet?.reason}`}`,
    `the flow as found, ${flow.spans.length} spans and ${flow.logs.length} log records:`,
    describeFlow(flow),
  );
  return [...lines, ...refusals].join('\n');
}
