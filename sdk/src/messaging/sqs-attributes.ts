import { isObject } from '../instrument/wrap-method.ts';

/** SQS takes no more attributes than this on a message. */
const MAX_ATTRIBUTES = 10;
/** What a message carries of ours, in the order in which there is room for it. */
const CONTEXT_ATTRIBUTES = ['traceparent', 'baggage', 'tracestate'] as const;
/** A system attribute, which does not count among the ten: X-Ray's header, which has room for the trace alone. */
const TRACE_HEADER = 'AWSTraceHeader';

const TRACEPARENT = /^00-([0-9a-f]{8})([0-9a-f]{24})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const ROOT = /(?:^|;)\s*Root=1-([0-9a-f]{8})-([0-9a-f]{24})(?:;|$)/i;
const PARENT = /(?:^|;)\s*Parent=([0-9a-f]{16})(?:;|$)/i;

/**
 * A message's input with the context in it; the app's own object stays as it was. Where its attributes leave no room
 * for all, the trace goes into `AWSTraceHeader` and the correlation id takes the last place, if there is one; without system attributes, as in SNS, what there is room
 * for goes, the trace first. A message that has a `traceparent` of the app's is left alone.
 */
export function addContextAttributes(
  input: object,
  fields: Readonly<Record<string, string>>,
  { hasSystemAttributes = true }: { readonly hasSystemAttributes?: boolean } = {},
): object {
  const own: unknown = Reflect.get(input, 'MessageAttributes');
  const attributes = isObject(own) ? own : {};
  const names = Object.keys(attributes);
  if (names.includes('traceparent')) return input;
  const wanted = CONTEXT_ATTRIBUTES.filter((name) => fields[name] !== undefined && !names.includes(name));
  const room = MAX_ATTRIBUTES - names.length;
  if (wanted.length <= room) return withAttributes(input, attributes, fields, wanted);
  if (!hasSystemAttributes) return withAttributes(input, attributes, fields, wanted.slice(0, Math.max(0, room)));
  const traced = withTraceHeader(input, fields);
  return room > 0 && wanted.includes('baggage') ? withAttributes(traced, attributes, fields, ['baggage']) : traced;
}

function withAttributes(input: object, attributes: object, fields: Readonly<Record<string, string>>, names: readonly string[]): object {
  if (names.length === 0) return input;
  const added = names.map((name) => [name, { DataType: 'String', StringValue: fields[name] }]);
  return { ...input, MessageAttributes: { ...attributes, ...Object.fromEntries(added) } };
}

function withTraceHeader(input: object, fields: Readonly<Record<string, string>>): object {
  const own: unknown = Reflect.get(input, 'MessageSystemAttributes');
  const match = TRACEPARENT.exec(fields.traceparent ?? '');
  if (match === null || (isObject(own) && TRACE_HEADER in own)) return input;
  const [, time, unique, parent, flags] = match;
  const header = `Root=1-${time}-${unique};Parent=${parent};Sampled=${Number.parseInt(flags ?? '0', 16) & 1}`;
  return {
    ...input,
    MessageSystemAttributes: { ...(isObject(own) ? own : {}), [TRACE_HEADER]: { DataType: 'String', StringValue: header } },
  };
}

/** What a received message carries, as a carrier of trace context: in its own attributes, or in those of the notification of SNS that is its body. */
export function readContextAttributes(message: object): Record<string, unknown> {
  const system: unknown = Reflect.get(message, 'Attributes');
  const own = readAttributes(Reflect.get(message, 'MessageAttributes'), 'StringValue');
  const carrier = own.traceparent === undefined ? { ...readNotification(Reflect.get(message, 'Body')), ...own } : own;
  const header: unknown = isObject(system) ? Reflect.get(system, TRACE_HEADER) : undefined;
  if (carrier.traceparent === undefined && typeof header === 'string') carrier.traceparent = traceparentOf(header);
  return carrier;
}

function readAttributes(attributes: unknown, valueName: string): Record<string, unknown> {
  const carrier: Record<string, unknown> = {};
  for (const name of CONTEXT_ATTRIBUTES) {
    const attribute: unknown = isObject(attributes) ? Reflect.get(attributes, name) : undefined;
    const value: unknown = isObject(attribute) ? Reflect.get(attribute, valueName) : undefined;
    if (typeof value === 'string') carrier[name] = value;
  }
  return carrier;
}

/** SNS puts what was published into a JSON of its own, unless the subscription asks for raw messages. Only a body that has a `traceparent` is looked into. */
function readNotification(body: unknown): Record<string, unknown> {
  if (typeof body !== 'string' || !body.startsWith('{') || !body.includes('"traceparent"')) return {};
  try {
    const parsed: unknown = JSON.parse(body);
    return isObject(parsed) && Reflect.get(parsed, 'Type') === 'Notification'
      ? readAttributes(Reflect.get(parsed, 'MessageAttributes'), 'Value')
      : {};
  } catch {
    return {};
  }
}

function traceparentOf(header: string): string | undefined {
  const root = ROOT.exec(header);
  const parent = PARENT.exec(header);
  if (root === null || parent === null) return undefined;
  return `00-${root[1]}${root[2]}-${parent[1]}-${/(?:^|;)\s*Sampled=1/i.test(header) ? '01' : '00'}`.toLowerCase();
}

/** Which attributes a receiving call asks for in addition to the app's, and must take out of the messages again. */
export interface AskedAttributes {
  readonly input: object;
  readonly hidden: readonly string[];
  readonly hidesTraceHeader: boolean;
}

/** Adds ours to what the app asks for; the app's own object stays as it was. */
export function askForContext(input: object): AskedAttributes {
  const names = namesOf(input, 'MessageAttributeNames');
  const hidden = CONTEXT_ATTRIBUTES.filter((name) => !names.some((asked) => covers(asked, name)));
  // The old name of the same list is used where the app uses it.
  const list =
    Reflect.get(input, 'MessageSystemAttributeNames') === undefined && Reflect.has(input, 'AttributeNames')
      ? 'AttributeNames'
      : 'MessageSystemAttributeNames';
  const system = [...namesOf(input, 'AttributeNames'), ...namesOf(input, 'MessageSystemAttributeNames')];
  const hidesTraceHeader = !system.some((asked) => asked === 'All' || asked === TRACE_HEADER);
  return {
    input: {
      ...input,
      MessageAttributeNames: [...names, ...hidden],
      ...(hidesTraceHeader ? { [list]: [...namesOf(input, list), TRACE_HEADER] } : {}),
    },
    hidden,
    hidesTraceHeader,
  };
}

/** Takes out of a message what the app did not ask for. */
export function hideContext(message: object, { hidden, hidesTraceHeader }: AskedAttributes): void {
  hide(message, 'MessageAttributes', hidden);
  if (hidesTraceHeader) hide(message, 'Attributes', [TRACE_HEADER]);
}

function hide(message: object, property: string, names: readonly string[]): void {
  const attributes: unknown = Reflect.get(message, property);
  if (!isObject(attributes)) return;
  for (const name of names) Reflect.deleteProperty(attributes, name);
  if (Object.keys(attributes).length === 0) Reflect.deleteProperty(message, property);
}

/** `All`, `.*`, the name itself, or a prefix as in `trace.*`. */
function covers(asked: string, name: string): boolean {
  return asked === 'All' || asked === name || (asked.endsWith('.*') && name.startsWith(asked.slice(0, -2)));
}

function namesOf(input: object, list: string): string[] {
  const names: unknown = Reflect.get(input, list);
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}
