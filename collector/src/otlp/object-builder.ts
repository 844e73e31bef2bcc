import { ThreadlineError } from '../errors.ts';
import { LIMITS } from './limits.ts';
import { defaultOf, type MessageField, type MessageSpec, type ScalarField } from './schema.ts';
import type { ScalarValue, ValueSink } from './sinks.ts';

/** An object under construction, in OTLP/JSON's names. */
export interface Draft {
  [name: string]: ScalarValue | Draft | DraftElement[];
}
type DraftElement = Draft | string;

/**
 * Builds the objects of `api/otlp-json.ts`. A single field that comes twice: of scalars the last wins, messages are merged, of a
 * value's kinds the last stands alone, as protobuf says. Arrays and maps below `LIMITS.depth` are not built, so what comes after
 * may recurse: in their place is a value of no kind, listed in `cutValues` with the levels that were sent.
 */
export class ObjectBuilder implements ValueSink {
  readonly root: Draft;
  /** The values that were too deep, each with the number of levels from its own root down to its deepest. */
  readonly cutValues = new Map<Draft, number>();
  #current: Draft;
  #currentMessage: MessageSpec;
  readonly #outer: { readonly draft: Draft; readonly message: MessageSpec }[] = [];
  /** Arrays and maps open now; messages open inside one that is not built; the deepest level there. */
  #level = 0;
  #skippedMessages = 0;
  #deepestLevel = 0;
  #messages = 0;
  #sharedParts = 0;

  constructor(root: MessageSpec) {
    this.root = createDraft(root);
    this.#current = this.root;
    this.#currentMessage = root;
  }

  open(field: MessageField): void {
    if (++this.#messages > LIMITS.messages) throw tooManyMessages();
    if (field.isShared && ++this.#sharedParts > LIMITS.sharedParts) throw tooManySharedParts();
    if (field.isLevel) this.#level++;
    if (this.#skippedMessages > 0) {
      this.#skippedMessages++;
      this.#deepestLevel = Math.max(this.#deepestLevel, this.#level);
      return;
    }
    if (field.isLevel && this.#level > LIMITS.depth) {
      this.#clearSiblings(field.name);
      this.#skippedMessages = 1;
      this.#deepestLevel = this.#level;
      return;
    }
    this.#outer.push({ draft: this.#current, message: this.#currentMessage });
    this.#current = this.#child(field);
    this.#currentMessage = field.message;
  }

  close(field: MessageField): void {
    if (field.isLevel) this.#level--;
    if (this.#skippedMessages > 0) {
      this.#skippedMessages--;
      if (this.#skippedMessages === 0)
        this.cutValues.set(this.#current, Math.max(this.#deepestLevel, this.cutValues.get(this.#current) ?? 0));
      return;
    }
    const outer = this.#outer.pop();
    if (!outer) throw new Error(`${field.name} is closed and was not opened`);
    this.#current = outer.draft;
    this.#currentMessage = outer.message;
  }

  value(field: ScalarField, value: ScalarValue): void {
    if (this.#skippedMessages > 0) return;
    if (field.isList) {
      this.#list(field.name).push(String(value));
      return;
    }
    if (field.presence === 'oneof') this.#clearSiblings(field.name);
    if (field.presence !== 'implicit' || value !== defaultOf(field.kind)) this.#current[field.name] = value;
    // Sent again at its default: that is the last word, and a default is not shown.
    else if (field.name in this.#current) delete this.#current[field.name];
  }

  #child(field: MessageField): Draft {
    if (field.isList) {
      const element = createDraft(field.message);
      this.#list(field.name).push(element);
      return element;
    }
    if (field.presence === 'oneof') this.#clearSiblings(field.name);
    const existing = this.#current[field.name];
    if (typeof existing === 'object' && !Array.isArray(existing)) return existing;
    const created = createDraft(field.message);
    this.#current[field.name] = created;
    return created;
  }

  #list(name: string): DraftElement[] {
    const existing = this.#current[name];
    if (Array.isArray(existing)) return existing;
    const created: DraftElement[] = [];
    this.#current[name] = created;
    return created;
  }

  #clearSiblings(name: string): void {
    if (this.cutValues.size > 0) this.cutValues.delete(this.#current);
    // Nearly always there is none: no list of names is made to find that out.
    for (const sibling in this.#current) if (sibling !== name) delete this.#current[sibling];
  }
}

/** A message of which nothing was sent: the fields that are always shown, at their defaults. */
function createDraft(message: MessageSpec): Draft {
  const draft: Draft = {};
  for (const field of message.fields) {
    if (field.presence !== 'always') continue;
    draft[field.name] = field.isList ? [] : field.kind === 'message' ? createDraft(field.message) : defaultOf(field.kind);
  }
  return draft;
}

function tooManySharedParts(): ThreadlineError {
  return new ThreadlineError(
    'body_too_large',
    `the request holds more than ${LIMITS.sharedParts} resources and scopes; send records that share them together, or smaller batches`,
  );
}

/** Of a request with more than `LIMITS.messages`. */
export function tooManyMessages(): ThreadlineError {
  return new ThreadlineError('body_too_large', `the request holds more than ${LIMITS.messages} values and messages; send smaller batches`);
}
