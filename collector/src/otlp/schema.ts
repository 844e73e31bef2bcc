import { MESSAGES, type MessageName, type Presence, type ScalarKind } from './messages.ts';

/** A field that holds one string, number, boolean or bytes, or a list of them. */
export interface ScalarField {
  readonly kind: ScalarKind;
  readonly number: number;
  /** OTLP/JSON's name. */
  readonly name: string;
  readonly isList: boolean;
  readonly presence: Presence;
}

/** A field that holds a message, or a list of them. */
export interface MessageField {
  readonly kind: 'message';
  readonly number: number;
  readonly name: string;
  readonly isList: boolean;
  readonly presence: Presence;
  readonly message: MessageSpec;
  /** An array or a map inside a value: one level of `LIMITS.depth`. */
  readonly isLevel: boolean;
  /** A resource or a scope with its records: one of `LIMITS.sharedParts`. */
  readonly isShared: boolean;
}

export type Field = ScalarField | MessageField;

/** A message with its fields by number (for protobuf) and by name (for JSON). */
export interface MessageSpec {
  readonly name: MessageName;
  readonly fields: readonly Field[];
  readonly byNumber: ReadonlyMap<number, Field>;
  readonly byName: ReadonlyMap<string, Field>;
}

/** The value of a field that was not sent. */
export function defaultOf(kind: ScalarKind): string | number | boolean {
  switch (kind) {
    case 'string':
    case 'bytes':
    case 'id':
      return '';
    case 'int64':
    case 'uint64':
    case 'fixed64':
    case 'sfixed64':
      return '0';
    case 'bool':
      return false;
    default:
      return 0;
  }
}

/** The message with everything below it linked; the same object for the same name. */
export function messageSpec(name: MessageName): MessageSpec {
  return linked.get(name) ?? link(name);
}

const SHARING: ReadonlySet<MessageName> = new Set(['ResourceLogs', 'ScopeLogs', 'ResourceSpans', 'ScopeSpans']);
const linked = new Map<MessageName, MessageSpec>();

function link(name: MessageName): MessageSpec {
  const fields: Field[] = [];
  const byNumber = new Map<number, Field>();
  const byName = new Map<string, Field>();
  const spec: MessageSpec = { name, fields, byNumber, byName };
  // Known before its fields are, since an AnyValue holds arrays of AnyValue.
  linked.set(name, spec);
  for (const row of MESSAGES[name]) {
    const shared = { number: row.number, name: row.name, isList: row.isList ?? false, presence: row.presence ?? 'implicit' };
    const field: Field =
      'message' in row
        ? {
            ...shared,
            kind: 'message',
            message: messageSpec(row.message),
            isLevel: name === 'AnyValue',
            isShared: SHARING.has(row.message),
          }
        : { ...shared, kind: row.kind };
    fields.push(field);
    byNumber.set(field.number, field);
    byName.set(field.name, field);
  }
  return spec;
}
