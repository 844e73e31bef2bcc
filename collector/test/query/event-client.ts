import { type IncomingMessage, request } from 'node:http';
import { poll } from '../storage-contract/reading.ts';

export interface ReceivedEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: unknown;
}

/** A client of a stream of events, over a real connection. */
export interface EventClient {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** All that have come so far. */
  readonly events: readonly ReceivedEvent[];
  /** What came that is no event: comments and the time of a retry. */
  readonly text: string;
  readonly hasEnded: boolean;
  /** Resolves once the condition holds for what has come; throws when it does not in time. */
  until(condition: (events: readonly ReceivedEvent[]) => boolean): Promise<void>;
  /** Takes nothing more from the connection. */
  pause(): void;
  resume(): void;
  close(): void;
}

export async function openEvents(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventClient> {
  const outgoing = request(url, { headers, agent: false });
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
    outgoing.end();
  });
  outgoing.on('error', () => undefined);
  incoming.on('error', () => undefined);
  let text = '';
  let hasEnded = false;
  incoming.setEncoding('utf8');
  incoming.on('data', (piece: string) => {
    text += piece;
  });
  incoming.on('close', () => {
    hasEnded = true;
  });
  const events = (): ReceivedEvent[] => text.split('\n\n').slice(0, -1).flatMap(parseEvent);
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    get events() {
      return events();
    },
    get text() {
      return text;
    },
    get hasEnded() {
      return hasEnded;
    },
    until: (condition) => poll(async () => condition(events())),
    pause: () => void incoming.pause(),
    resume: () => void incoming.resume(),
    close: () => void outgoing.destroy(),
  };
}

function parseEvent(block: string): ReceivedEvent[] {
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
  const data = field('data');
  return data === undefined ? [] : [{ event: field('event') ?? '', id: field('id'), data: JSON.parse(data) }];
}
