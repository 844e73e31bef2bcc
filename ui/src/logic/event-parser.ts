export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/**
 * Server-sent events out of a text that comes in pieces, cut anywhere (HTML Living Standard, 9.2.6). Of the fields `event`, `data`
 * and `id` are read, the others mean nothing here.
 */
export class EventParser {
  #rest = '';
  #event = '';
  #data: string[] = [];
  #lastEventId: string | undefined;

  /** What the next connection names, so that the stream goes on there. */
  get lastEventId(): string | undefined {
    return this.#lastEventId;
  }

  /** The events that this piece completes. */
  push(piece: string): ServerEvent[] {
    // A line feed may be the second half of a line's end whose first half was the end of the piece before.
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.#take(line));
  }

  #take(line: string): ServerEvent[] {
    if (line === '') return this.#complete();
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.#event = value;
    else if (name === 'data') this.#data.push(value);
    else if (name === 'id') this.#lastEventId = value;
    return [];
  }

  #complete(): ServerEvent[] {
    const event = { event: this.#event === '' ? 'message' : this.#event, data: this.#data.join('\n') };
    const isEmpty = this.#data.length === 0;
    this.#event = '';
    this.#data = [];
    return isEmpty ? [] : [event];
  }
}
