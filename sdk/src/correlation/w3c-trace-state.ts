import type { TraceState } from '@opentelemetry/api';

/** W3C Trace Context, section 3.3.1: how many members, and how many characters all platforms must be able to carry. */
const MAX_MEMBERS = 32;
const MAX_CHARACTERS = 512;
/** As level 2 has it, which takes all that level 1 does. */
const KEY = /^[a-z0-9][_0-9a-z\-*/@]{0,255}$/;
const VALUE = /^[ -~]{0,255}[!-~]$/;

/** The header `tracestate`: an ordered list of which the newest member is the first. Never changed, only replaced. */
export class W3cTraceState implements TraceState {
  /** The first one first. */
  readonly #members: ReadonlyMap<string, string>;

  private constructor(members: ReadonlyMap<string, string>) {
    this.#members = members;
  }

  /** Empty when a member is malformed or there are too many, as W3C asks; of what is too long, members that have room stay. */
  static parse(header: string): W3cTraceState {
    const members = new Map<string, string>();
    let characters = 0;
    let count = 0;
    for (const part of header.split(',')) {
      const member = part.trim();
      // Between two commas, or at an end, there may be nothing.
      if (member === '') continue;
      const end = member.indexOf('=');
      const key = member.slice(0, Math.max(end, 0));
      const value = member.slice(end + 1);
      count += 1;
      if (end === -1 || !KEY.test(key) || !isValue(value) || count > MAX_MEMBERS) return new W3cTraceState(new Map());
      const longer = characters + member.length + (members.size > 0 ? 1 : 0);
      if (longer > MAX_CHARACTERS) continue;
      characters = longer;
      members.set(key, value);
    }
    return new W3cTraceState(members);
  }

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  get(key: string): string | undefined {
    return this.#members.get(key);
  }

  /** The same with this member first; unchanged when the member is not valid or there is no room for it. */
  set(key: string, value: string): W3cTraceState {
    if (!KEY.test(key) || !isValue(value)) return this;
    const others = [...this.#members].filter(([name]) => name !== key);
    if (others.length === MAX_MEMBERS) return this;
    const changed = new W3cTraceState(new Map([[key, value], ...others]));
    return changed.serialize().length > MAX_CHARACTERS ? this : changed;
  }

  unset(key: string): W3cTraceState {
    if (!this.#members.has(key)) return this;
    return new W3cTraceState(new Map([...this.#members].filter(([name]) => name !== key)));
  }

  serialize(): string {
    return [...this.#members].map(([key, value]) => `${key}=${value}`).join(',');
  }
}

function isValue(value: string): boolean {
  return VALUE.test(value) && !/[,=]/.test(value);
}
