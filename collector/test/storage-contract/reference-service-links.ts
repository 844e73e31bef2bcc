import { causesOf, parentName, spanName } from '../../src/analysis/span-causes.ts';
import { serviceOf } from '../../src/analysis/typed-attributes.ts';
import type { Span } from '../../src/api/index.ts';

/** OTLP's number of the kind that takes a message. */
const CONSUMER_KIND = 5;

/** `callCount` spans of the service `child` were caused by one of `parent`. */
export interface ServiceLink {
  readonly parent: string;
  readonly child: string;
  readonly callCount: number;
}

/**
 * Which service calls which, counted span by span in any order: once for each span whose parent is another service's, and, for a span that takes
 * messages, once for each other service whose span it links to. A cause that is never added counts for nothing, and a span without a service neither.
 */
export class ServiceLinkCounter {
  /** Each service's name once, since every record has its own copy of it. */
  readonly #names = new Map<string, string>();
  readonly #serviceBySpan = new Map<string, string>();
  /** By the cause that has not been added yet: the services that wait for it. */
  readonly #waiting = new Map<string, string[]>();
  readonly #counts = new Map<string, Map<string, number>>();

  add(span: Pick<Span, 'traceId' | 'spanId' | 'parentSpanId' | 'kind' | 'links' | 'resource'>): void {
    const service = this.#intern(serviceOf(span));
    const name = spanName(span);
    for (const child of this.#waiting.get(name) ?? []) this.#count(service, child);
    this.#waiting.delete(name);
    this.#serviceBySpan.set(name, service);
    for (const cause of callersOf(span)) {
      const caller = this.#serviceBySpan.get(cause);
      if (caller !== undefined) this.#count(caller, service);
      else this.#wait(cause, service);
    }
  }

  /** By parent, then child. */
  links(): ServiceLink[] {
    const links = [...this.#counts].flatMap(([parent, children]) =>
      [...children].map(([child, callCount]) => ({ parent, child, callCount })),
    );
    return links.sort((a, b) => compare(a.parent, b.parent) || compare(a.child, b.child));
  }

  #wait(cause: string, service: string): void {
    const waiting = this.#waiting.get(cause);
    if (waiting === undefined) this.#waiting.set(cause, [service]);
    else waiting.push(service);
  }

  #count(parent: string, child: string): void {
    if (parent === child || parent === '' || child === '') return;
    const children = this.#counts.get(parent) ?? new Map<string, number>();
    this.#counts.set(parent, children);
    children.set(child, (children.get(child) ?? 0) + 1);
  }

  #intern(service: string): string {
    const known = this.#names.get(service);
    if (known !== undefined) return known;
    this.#names.set(service, service);
    return service;
  }
}

/** Links mean many things; between services it is a message's consumer that links to what produced it. */
function callersOf(span: Pick<Span, 'traceId' | 'parentSpanId' | 'kind' | 'links'>): ReadonlySet<string> {
  const parent = parentName(span);
  return new Set(span.kind === CONSUMER_KIND ? causesOf(span) : parent === undefined ? [] : [parent]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
