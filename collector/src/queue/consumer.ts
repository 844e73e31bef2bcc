import { setTimeout as sleep } from 'node:timers/promises';
import type { DecodedEntry } from '../model/decode-entry.ts';
import type { PlainRequest } from '../model/plain-request.ts';
import type { IndexedRecord } from '../model/record.ts';
import type { Storage } from '../storage/storage.ts';
import { type Call, CallWriter, MAX_RETRY_MILLIS } from './call-writer.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { DeliveryWatch } from './delivery-watch.ts';
import type { DurableLog, LogFrame } from './log/durable-log.ts';
import type { LogEntry } from './log/log-format.ts';
import { comparePlaces, type LogPlace } from './log/log-place.ts';

/** Of requests that are written together: large enough that a storage's own cost a call is small, small enough to be searchable soon. */
const MAX_GROUP_RECORDS = 4_000;
const MAX_GROUP_BYTES = 4 * 1024 * 1024;
/** Of calls under way: their records are in memory, as objects or as bytes. Half of them are in the embedded storage's file that is written, half in the next one (docs/adr/0012). */
const MAX_UNDER_WAY_RECORDS = 32_000;
const MAX_UNDER_WAY_BYTES = 24 * 1024 * 1024;
/** Of a group whose records need not be decoded. */
const MAX_GROUP_UNDECODED_RECORDS = 100_000;
/** Bodies that are kept until their turn, as bytes or decoded; beyond it they are read from the log again. */
const MAX_HANDED_OVER_BYTES = 8 * 1024 * 1024;
/** Of bodies that are read from the log again, so many are known to be plain, which need not be found out again. */
const MAX_KNOWN_PLAIN = 50_000;
/** Decoded ones count so often: arrays and maps of nothing take far more room as objects. */
const DECODED_WEIGHT = 4;
/** How often the place up to where the storage has everything is put on disk. */
const RELEASE_MILLIS = 1_000;

export interface ConsumerOptions {
  readonly log: DurableLog;
  readonly storage: Pick<
    Storage,
    'writeLogs' | 'writeSpans' | 'writeRequests' | 'hasten' | 'parallelWrites' | 'gatherMillis' | 'callRecords'
  >;
  readonly deadLetters: DeadLetters;
  /** Throws when the entry cannot be decoded, which it could when it was let in. `isPlain`: it was a plain request as it was sent. */
  readonly decode: (entry: LogEntry, place: LogPlace, isPlain: boolean) => DecodedEntry;
  /** Called before the log forgets what is before a place. */
  readonly beforeRelease: () => Promise<void>;
  /** Told how the calls end. */
  readonly watch: DeliveryWatch;
  /** Told of each record that the storage refused for good, and of each request in the log that cannot be decoded any more. */
  readonly onRefused: (error: unknown) => void;
}

/** Room for a decoded request until its turn. One of the two is called, once. */
export interface HandOver {
  /** It is in the log, as this frame. */
  take(frame: LogFrame): void;
  /** It is not. */
  giveUp(): void;
}

const NO_HAND_OVER: HandOver = { take: ignored, giveUp: ignored };

/** Requests that are brought in together. */
interface Group {
  readonly calls: readonly Call[];
  readonly requestCount: number;
  /** Of those that are decoded. */
  readonly recordCount: number;
  /** Of the bodies of all requests. */
  readonly bytes: number;
  readonly oldestArrivalNanos: bigint;
  readonly end: LogPlace;
}

/** A call to which requests are still added. */
interface OpenCall extends Call {
  readonly records: IndexedRecord[];
  readonly requests: PlainRequest[];
  readonly places: LogPlace[];
}

/**
 * Brings what the log has into the storage, in order, several calls at once, and lets the log forget it when it is there. Whatever the storage
 * answers, nothing is left out: while it is away everything waits; what it refuses for good goes to the dead letters.
 */
export class Consumer {
  readonly #options: ConsumerOptions;
  readonly #stop = new AbortController();
  readonly #writer: CallWriter;
  readonly #handedOver = new Map<string, { readonly frame: LogFrame; readonly decoded: DecodedEntry; readonly giveBack: () => void }>();
  /** Keys of the places of such in the log. */
  readonly #knownPlain = new Set<string>();
  #handedOverBytes = 0;
  #handedOverRecords = 0;
  #cursor: LogPlace;
  /** In order. */
  readonly #underWay: { readonly group: Omit<Group, 'calls'>; isDone: boolean }[] = [];
  #deliveredRequests = 0;
  /** How many wait for what is under way. */
  #waiting = 0;
  #done: LogPlace;
  #released: LogPlace;
  #releasedAt = 0;
  #releaseTimer: Promise<void> | undefined;
  #running: Promise<void> | undefined;
  /** Everything that was there at the start has been delivered. */
  #hasCaughtUp = false;
  /** In the log: with so much a group waits for no more. As much as the last one was that had as many records as a call has use for. */
  #fullBytes = MAX_GROUP_BYTES;
  /** Since when something waits for more to come; `performance.now()` value. */
  #gathersSince: number | undefined;
  #gatherTimer: Promise<void> | undefined;
  #settled = Promise.withResolvers<void>();

  constructor(options: ConsumerOptions) {
    this.#options = options;
    this.#writer = new CallWriter({
      ...options,
      decode: (frame) => this.#decode(frame),
      onAway: (error) => this.#noteAway(error),
      signal: this.#stop.signal,
    });
    this.#cursor = options.log.start;
    this.#done = this.#cursor;
    this.#released = this.#cursor;
  }

  /** Of this consumer, those included that are among the dead letters or set aside. */
  get deliveredRequests(): number {
    return this.#deliveredRequests;
  }

  /** When the oldest request arrived that is under way; undefined when none is. */
  get oldestArrivalNanos(): bigint | undefined {
    return this.#underWay[0]?.group.oldestArrivalNanos;
  }

  /** Safe to repeat. */
  start(): void {
    this.#running ??= this.#run();
  }

  /**
   * Records that were decoded to be let in need not be decoded again, while there is room: it is taken here, before the append. Where there is none the
   * request is read from the log at its turn: of what was decoded nothing waits in memory but that it is plain.
   */
  reserve(entry: LogEntry, decoded: DecodedEntry): HandOver {
    const { bytes, records } = weightOf(entry, decoded);
    if (this.#handedOverBytes + bytes > MAX_HANDED_OVER_BYTES || this.#handedOverRecords + records > MAX_UNDER_WAY_RECORDS) {
      const isPlain = decoded.plain !== undefined && entry.encoding === 'protobuf';
      return isPlain ? { take: (frame) => this.#notePlain(frame), giveUp: ignored } : NO_HAND_OVER;
    }
    this.#handedOverBytes += bytes;
    this.#handedOverRecords += records;
    const giveBack = (): void => {
      this.#handedOverBytes -= bytes;
      this.#handedOverRecords -= records;
    };
    return {
      take: (frame) => {
        if (comparePlaces(frame.place, this.#cursor) < 0) giveBack();
        else this.#handedOver.set(keyOf(frame.place), { frame, decoded, giveBack });
      },
      giveUp: giveBack,
    };
  }

  #notePlain({ place }: LogFrame): void {
    if (this.#knownPlain.size < MAX_KNOWN_PLAIN && comparePlaces(place, this.#cursor) >= 0) this.#knownPlain.add(keyOf(place));
  }

  /**
   * Resolves when everything before the place, and all that earlier processes left, is in the storage; at the latest after `millis`, and at
   * once while the storage is away. Gives whether it is.
   */
  async reach(place: LogPlace | undefined, millis: number): Promise<boolean> {
    const deadline = performance.now() + millis;
    const isBehind = (): boolean => !this.#hasCaughtUp || (place !== undefined && comparePlaces(this.#done, place) < 0);
    if (!isBehind()) return true;
    const tooLate = sleep(millis, undefined, { ref: false });
    this.#waiting += 1;
    this.#options.storage.hasten();
    // What is gathered is written now.
    this.#wake();
    while (isBehind() && !this.#options.watch.isAway && !this.#stop.signal.aborted && performance.now() < deadline) {
      await Promise.race([this.#settled.promise, tooLate]);
    }
    this.#waiting -= 1;
    return !isBehind();
  }

  /**
   * Takes nothing new up, gives the calls under way `millis` to end, then gives them up, and notes on disk how far it came. What is left waits in
   * the log. Call once.
   */
  async shutdown(millis: number): Promise<void> {
    if (this.#running) await this.reach(this.#options.log.end, millis);
    this.#stop.abort();
    this.#wake();
    await this.#running;
    // What is not noted is read again at the next start, which changes nothing.
    await this.#release().catch((error: unknown) => this.#noteAway(error));
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const changed = this.#options.log.changed();
      const settled = this.#settled.promise;
      const isFull = this.#isFull();
      const gathersMillis = isFull ? 0 : this.#gathersMillis();
      try {
        const group = isFull || gathersMillis > 0 ? undefined : await this.#gather();
        if (group) {
          this.#gathersSince = undefined;
          this.#write(group);
        } else if (this.#underWay.length === 0 && !this.#hasCaughtUp) {
          this.#hasCaughtUp = true;
          this.#wake();
        }
        if (performance.now() - this.#releasedAt > RELEASE_MILLIS) await this.#release();
        if (group) continue;
      } catch (error) {
        // The log's own disk cannot be read or written now.
        this.#noteAway(error);
        await sleep(MAX_RETRY_MILLIS, undefined, { signal }).catch(ignored);
        continue;
      }
      await Promise.race([
        settled,
        ...(isFull ? [] : [changed]),
        ...(gathersMillis > 0 ? [this.#gathered(gathersMillis)] : []),
        ...(this.#done === this.#released ? [] : [this.#releaseDue()]),
      ]);
    }
    while (this.#underWay.length > 0) await this.#settled.promise;
  }

  #isFull(): boolean {
    const records = this.#underWay.reduce((sum, { group }) => sum + group.recordCount, 0);
    const bytes = this.#underWay.reduce((sum, { group }) => sum + group.bytes, 0);
    const isMuch = records >= MAX_UNDER_WAY_RECORDS || bytes >= MAX_UNDER_WAY_BYTES;
    return isMuch || this.#underWay.length >= this.#options.storage.parallelWrites;
  }

  /** How long what waits is left to become more; 0 where it is written now. */
  #gathersMillis(): number {
    const { storage, log } = this.#options;
    const { end } = log;
    const isThere = end !== undefined && comparePlaces(this.#cursor, end) < 0;
    const isMuch = isThere && (end.file !== this.#cursor.file || end.offset - this.#cursor.offset >= this.#fullBytes);
    if (!isThere || isMuch || this.#underWay.length === 0 || this.#waiting > 0 || storage.gatherMillis === undefined) {
      this.#gathersSince = undefined;
      return 0;
    }
    this.#gathersSince ??= performance.now();
    return Math.max(0, this.#gathersSince + storage.gatherMillis - performance.now());
  }

  /** One timer, as in `#releaseDue`. */
  #gathered(millis: number): Promise<void> {
    this.#gatherTimer ??= sleep(millis, undefined, { ref: false }).finally(() => {
      this.#gatherTimer = undefined;
    });
    return this.#gatherTimer;
  }

  /** One timer, however often it is waited for; none while there is nothing to release. */
  #releaseDue(): Promise<void> {
    this.#releaseTimer ??= sleep(RELEASE_MILLIS, undefined, { ref: false }).finally(() => {
      this.#releaseTimer = undefined;
    });
    return this.#releaseTimer;
  }

  /** The next requests, as calls of the storage; undefined when there are none. */
  async #gather(): Promise<Group | undefined> {
    const calls = new Map<string, OpenCall>();
    const { callRecords = MAX_GROUP_UNDECODED_RECORDS } = this.#options.storage;
    let records = 0;
    let undecoded = 0;
    let bytes = 0;
    let logBytes = 0;
    let requestCount = 0;
    let oldestArrivalNanos: bigint | undefined;
    let end: LogPlace | undefined;
    while (records < MAX_GROUP_RECORDS && undecoded < callRecords && bytes < MAX_GROUP_BYTES) {
      const next = await this.#next();
      if (!next) break;
      end = next.frame.end;
      this.#cursor = end;
      bytes += next.frame.entry.body.length;
      logBytes += end.offset - next.frame.place.offset;
      requestCount += 1;
      oldestArrivalNanos ??= next.frame.entry.arrivalNanos;
      if (!next.decoded) continue;
      const { signal } = next.decoded;
      const { tenant } = next.frame.entry;
      const mayRepeat = this.#options.log.isOfEarlierProcess(next.frame.place);
      const isKeyed = next.frame.entry.digest !== undefined;
      const name = `${signal} ${tenant} ${mayRepeat} ${isKeyed}`;
      const call = calls.get(name) ?? { tenant, signal, records: [], requests: [], places: [], mayRepeat, isKeyed };
      calls.set(name, call);
      if (next.decoded.plain) {
        call.requests.push(next.decoded.plain);
        call.places.push(next.frame.place);
        undecoded += next.decoded.plain.wire.recordCount;
      } else {
        const { batch } = next.decoded;
        for (const record of batch.records) call.records.push(record);
        records += batch.records.length;
      }
    }
    if (records >= MAX_GROUP_RECORDS || undecoded >= callRecords) this.#fullBytes = Math.min(logBytes, MAX_GROUP_BYTES);
    // Records are larger than they were.
    else if (logBytes >= this.#fullBytes) this.#fullBytes = Math.min(2 * logBytes, MAX_GROUP_BYTES);
    return end && oldestArrivalNanos !== undefined
      ? { calls: [...calls.values()], requestCount, recordCount: records, bytes, oldestArrivalNanos, end }
      : undefined;
  }

  async #next(): Promise<{ readonly frame: LogFrame; readonly decoded: DecodedEntry | undefined } | undefined> {
    const handed = this.#takeHandedOver(this.#cursor);
    if (handed) return handed;
    const frame = await this.#options.log.read(this.#cursor);
    if (!frame) {
      // Those of frames that were damaged since.
      this.#knownPlain.clear();
      return undefined;
    }
    const late = this.#takeHandedOver(frame.place);
    if (late) return late;
    return { frame, decoded: await this.#decode(frame) };
  }

  /** As of `CallWriterOptions`. */
  async #decode(frame: LogFrame): Promise<DecodedEntry | undefined> {
    try {
      return this.#options.decode(frame.entry, frame.place, this.#knownPlain.delete(keyOf(frame.place)));
    } catch (error) {
      await this.#options.log.keepAside(frame);
      this.#options.onRefused(error);
      return undefined;
    }
  }

  #takeHandedOver(place: LogPlace): { readonly frame: LogFrame; readonly decoded: DecodedEntry } | undefined {
    const key = keyOf(place);
    const handed = this.#handedOver.get(key);
    this.#handedOver.delete(key);
    handed?.giveBack();
    return handed;
  }

  /** Begins the group's calls; their end is noted, in whatever order they come to it. */
  #write({ calls, ...group }: Group): void {
    const entry = { group, isDone: false };
    this.#underWay.push(entry);
    if (this.#waiting > 0) queueMicrotask(() => this.#options.storage.hasten());
    Promise.all(calls.map((call) => this.#writer.write(call))).then(
      () => this.#settle(entry),
      // Only when it was told to stop: the group stays in the log.
      () => this.#settle(undefined),
    );
  }

  #settle(entry: { isDone: boolean } | undefined): void {
    if (entry) entry.isDone = true;
    else this.#underWay.length = 0;
    for (let first = this.#underWay[0]; first?.isDone; first = this.#underWay[0]) {
      this.#underWay.shift();
      this.#done = first.group.end;
      this.#deliveredRequests += first.group.requestCount;
    }
    // In order: behind it there is nothing of an earlier process. Where more comes all the time, no moment has nothing under way.
    if (!this.#options.log.isOfEarlierProcess(this.#done)) this.#hasCaughtUp = true;
    this.#wake();
  }

  #wake(): void {
    const settled = this.#settled;
    this.#settled = Promise.withResolvers();
    settled.resolve();
  }

  async #release(): Promise<void> {
    const done = this.#done;
    this.#releasedAt = performance.now();
    if (done === this.#released) return;
    await this.#options.beforeRelease();
    await this.#options.log.release(done);
    this.#released = done;
  }

  #noteAway(error: unknown): void {
    const wasAway = this.#options.watch.isAway;
    this.#options.watch.noteAway(error);
    if (!wasAway) this.#wake();
  }
}

function weightOf(entry: LogEntry, { plain, batch }: DecodedEntry): { readonly bytes: number; readonly records: number } {
  const bytes = entry.body.length;
  if (!plain) return { bytes: DECODED_WEIGHT * bytes, records: batch.records.length };
  // One that was sent in JSON has a body of its own.
  const { body } = plain.wire;
  return { bytes: body.buffer === entry.body.buffer ? bytes : bytes + body.length, records: 0 };
}

function keyOf({ file, offset }: LogPlace): string {
  return `${file} ${offset}`;
}

function ignored(): void {
  // A sleep that was cut short: the loop looks why. A place that was never made: nothing is known of it.
}
