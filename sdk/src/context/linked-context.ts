import type { Context } from '@opentelemetry/api';

/** Beyond it the values are gathered again: a job that goes on in the context of its last run would make a chain without end. */
const MAX_DEPTH = 32;

/**
 * A context that holds one value and the context it was made from. Making one costs an object, where OpenTelemetry's own
 * copies a map: a request makes half a dozen and looks few of them up.
 */
class LinkedContext implements Context {
  readonly parent: LinkedContext | undefined;
  readonly key: symbol | undefined;
  readonly value: unknown;
  readonly depth: number;

  constructor(parent: LinkedContext | undefined, key: symbol | undefined, value: unknown) {
    this.parent = parent;
    this.key = key;
    this.value = value;
    this.depth = parent === undefined ? 0 : parent.depth + 1;
  }

  getValue(key: symbol): unknown {
    for (let node: LinkedContext | undefined = this; node !== undefined; node = node.parent) if (node.key === key) return node.value;
    return undefined;
  }

  setValue(key: symbol, value: unknown): Context {
    return new LinkedContext(this.depth < MAX_DEPTH ? this : this.gathered(), key, value);
  }

  deleteValue(key: symbol): Context {
    return this.setValue(key, undefined);
  }

  /** The same values, each once. */
  private gathered(): LinkedContext {
    const values = new Map<symbol, unknown>();
    for (let node: LinkedContext | undefined = this; node !== undefined; node = node.parent) {
      if (node.key !== undefined && !values.has(node.key)) values.set(node.key, node.value);
    }
    let gathered = new LinkedContext(undefined, undefined, undefined);
    for (const [key, value] of values) if (value !== undefined) gathered = new LinkedContext(gathered, key, value);
    return gathered;
  }
}

/** Nothing: what a request or a message begins with. As good as OpenTelemetry's `ROOT_CONTEXT`, but not the same object. */
export const EMPTY_CONTEXT: Context = new LinkedContext(undefined, undefined, undefined);
