import type { HrTime } from '@opentelemetry/api';
import { isSendableTime } from '../hr-time.ts';
import type { Resource, Scope } from '../traces/span-types.ts';

/** OTLP's SpanFlags: that the next bit means something, and that the parent is in another process. */
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/** A span or a log record, as far as a request groups it. */
export interface RequestItem {
  readonly resource: Resource;
  readonly instrumentationScope: Scope;
}

/**
 * What is written of the items of each resource and scope, as a request groups them in whatever encoding: both in the order in
 * which each came first.
 */
export class ScopeGroups<Part> {
  readonly #create: () => Part;
  readonly #groups = new Map<Resource, Map<Scope, Part>>();

  constructor(create: () => Part) {
    this.#create = create;
  }

  /** Where an item belongs. */
  of({ resource, instrumentationScope }: RequestItem): Part {
    let scopes = this.#groups.get(resource);
    if (scopes === undefined) {
      scopes = new Map();
      this.#groups.set(resource, scopes);
    }
    let part = scopes.get(instrumentationScope);
    if (part === undefined) {
      part = this.#create();
      scopes.set(instrumentationScope, part);
    }
    return part;
  }

  all(): Iterable<[Resource, Iterable<[Scope, Part]>]> {
    return this.#groups;
  }

  /** Forgets what an app has stopped using. */
  forget(isUnused: (part: Part) => boolean): void {
    for (const [resource, scopes] of this.#groups) {
      for (const [scope, part] of scopes) if (isUnused(part)) scopes.delete(scope);
      if (scopes.size === 0) this.#groups.delete(resource);
    }
  }
}

/** A number that OTLP has in 32 bits. Throws for what is none: one that came from untyped code would make a body unreadable. */
export function checkedCount(count: number): number {
  if (count >>> 0 !== count) throw new RangeError('no whole number of 32 bits');
  return count;
}

/** As `checkedCount`, for a time. */
export function checkedTime(time: HrTime): HrTime {
  if (!isSendableTime(time)) throw new RangeError('no time after 1970');
  return time;
}

/** The field `flags` of a span or a link. */
export function spanFlags(traceFlags: number, isRemote: boolean | undefined): number {
  return (traceFlags & 0xff) | HAS_IS_REMOTE | (isRemote === true ? IS_REMOTE : 0);
}
