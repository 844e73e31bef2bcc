import { SeededRandom } from '../test/storage-contract/seeded-random.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/** Records of a request. */
export const RECORDS_A_BODY = 500;
/** A trace has one span in each of so many services, hence in so many bodies: the number of bodies of spans is a multiple of it. */
export const BODIES_A_TRACE_GROUP = 5;
/** 2026-11-20T00:00:00Z. A record each tenth of a millisecond, with some disorder. */
const LOAD_START_NANOS = 1_795_132_800_000_000_000n;
const NANOS_A_RECORD = 100_000n;
const DISORDER_NANOS = 5_000_000;
const SERVICES = 12;
const USERS = 100_000;
const MAX_BODY_BYTES = 1024 * 1024;

const VERBS = ['created', 'paid', 'shipped', 'cancelled', 'refunded', 'updated', 'queued', 'delivered'];
const REGIONS = ['eu-central', 'eu-west', 'us-east', 'us-west', 'ap-northeast'];
const RESOURCES = ['orders', 'users', 'carts', 'payments'];
const ROUTES = Array.from({ length: 20 }, (_, index) => `/api/v1/${RESOURCES[index % RESOURCES.length]}/${index}`);
/** Seven of ten are INFO, two WARN, one ERROR. */
const LEVELS = [
  ...Array.from({ length: 7 }, () => ({ number: 9, text: 'info', httpStatus: 200 })),
  ...Array.from({ length: 2 }, () => ({ number: 13, text: 'warn', httpStatus: 200 })),
  { number: 17, text: 'error', httpStatus: 500 },
];

/**
 * What is random of a record in bytes, which no encoding can leave out: 56 of a log's ids and 14.4 of a span's (those of a trace are of five spans); of both 93
 * bits of time, place, user, duration and what else is drawn.
 */
export const RANDOM_BYTES = { log: 68, span: 26 } as const;

interface TraceIds {
  readonly traceId: Buffer;
  /** One of each service. */
  readonly spanIds: readonly Buffer[];
  readonly correlationId: string;
}

/**
 * OTLP/HTTP protobuf bodies: logs or spans of about 360 bytes of twelve services. The same seed and number make the same body, and no two
 * bodies are the same. Every log has ids of its own, the hardest for whoever has to index them; a trace has five spans in five services.
 */
export class Load {
  readonly #seed: number;
  readonly #writer = new ProtobufWriter(MAX_BODY_BYTES);

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The body of this number, from 0. */
  logs(body: number): Buffer {
    const random = new SeededRandom(this.#seed + body * 7_919);
    this.#request(body % SERVICES, random, () => {
      for (let record = 0; record < RECORDS_A_BODY; record += 1) this.#log(body * RECORDS_A_BODY + record, random);
    });
    return this.#writer.take();
  }

  /** The body of this number, from 0: one span of each of 500 traces. */
  spans(body: number): Buffer {
    const group = Math.floor(body / BODIES_A_TRACE_GROUP);
    const member = body % BODIES_A_TRACE_GROUP;
    const ids = new SeededRandom(this.#seed + 1 + group * 104_729);
    const random = new SeededRandom(this.#seed + 2 + body * 15_485_863);
    this.#request((group + member) % SERVICES, random, () => {
      for (let trace = 0; trace < RECORDS_A_BODY; trace += 1) {
        const number = (group * RECORDS_A_BODY + trace) * BODIES_A_TRACE_GROUP + member;
        this.#span(number, { ...drawTraceIds(ids), member }, random);
      }
    });
    return this.#writer.take();
  }

  #request(service: number, random: SeededRandom, records: () => void): void {
    const writer = this.#writer;
    writer.message(1, () => {
      writer.message(1, () => {
        this.#text(1, 'service.name', `service-${service}`);
        this.#text(1, 'service.version', `1.${service}.0`);
        this.#text(1, 'host.name', `host-${random.below(4)}`);
      });
      writer.message(2, () => {
        writer.message(1, () => writer.text(1, 'bench'));
        records();
      });
    });
  }

  #log(number: number, random: SeededRandom): void {
    const writer = this.#writer;
    const level = random.pick(LEVELS);
    const time = timeOf(number, random);
    const route = random.pick(ROUTES);
    writer.message(2, () => {
      writer.fixed64(1, time);
      writer.varint(2, level.number);
      writer.text(3, level.text);
      const message = `order ${drawUuid(random)} ${random.pick(VERBS)} in ${random.pick(REGIONS)} after ${random.below(900)} ms`;
      writer.message(5, () => writer.text(1, message));
      this.#text(6, 'http.route', route);
      this.#text(6, 'url.path', `${route}/items/${random.below(100_000)}`);
      this.#text(6, 'user.id', `u${random.below(USERS)}`);
      this.#int(6, 'http.response.status_code', level.httpStatus);
      this.#double(6, 'duration_ms', random.below(100_000) / 100);
      this.#text(6, 'correlation.id', drawUuid(random));
      writer.bytes(9, drawBytes(random, 16));
      writer.bytes(10, drawBytes(random, 8));
      writer.fixed64(11, time);
    });
  }

  #span(number: number, trace: TraceIds & { readonly member: number }, random: SeededRandom): void {
    const writer = this.#writer;
    const start = timeOf(number, random);
    const route = random.pick(ROUTES);
    const isError = random.below(50) === 0;
    writer.message(2, () => {
      writer.bytes(1, trace.traceId);
      writer.bytes(2, spanIdOf(trace, trace.member));
      if (trace.member > 0) writer.bytes(4, spanIdOf(trace, Math.floor((trace.member - 1) / 2)));
      writer.text(5, `GET ${route}`);
      writer.varint(6, 2);
      writer.fixed64(7, start);
      writer.fixed64(8, start + BigInt(random.below(200_000_000)));
      this.#text(9, 'http.request.method', 'GET');
      this.#text(9, 'http.route', route);
      this.#text(9, 'url.path', `${route}/items/${random.below(100_000)}`);
      this.#text(9, 'user.id', `u${random.below(USERS)}`);
      this.#int(9, 'http.response.status_code', isError ? 500 : 200);
      this.#text(9, 'server.address', `host-${random.below(40)}.internal`);
      this.#text(9, 'correlation.id', trace.correlationId);
      if (isError) writer.message(15, () => writer.varint(3, 2));
    });
  }

  #text(field: number, key: string, value: string): void {
    this.#attribute(field, key, () => this.#writer.text(1, value));
  }

  #int(field: number, key: string, value: number): void {
    this.#attribute(field, key, () => this.#writer.varint(3, value));
  }

  #double(field: number, key: string, value: number): void {
    this.#attribute(field, key, () => this.#writer.double(4, value));
  }

  #attribute(field: number, key: string, write: () => void): void {
    const writer = this.#writer;
    writer.message(field, () => {
      writer.text(1, key);
      writer.message(2, write);
    });
  }
}

/** A log of its own that is found by nothing but its message; of the time of the call, as a service's next log would be. */
export function singleLog(message: string): Buffer {
  const writer = new ProtobufWriter(MAX_BODY_BYTES);
  writer.message(1, () =>
    writer.message(2, () =>
      writer.message(2, () => {
        writer.fixed64(1, BigInt(Date.now()) * 1_000_000n);
        writer.message(5, () => writer.text(1, message));
      }),
    ),
  );
  return writer.take();
}

/** The same in every run of a seed. */
export function drawUuid(random: SeededRandom): string {
  const hex = drawBytes(random, 16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function drawTraceIds(random: SeededRandom): TraceIds {
  return {
    traceId: drawBytes(random, 16),
    spanIds: Array.from({ length: BODIES_A_TRACE_GROUP }, () => drawBytes(random, 8)),
    correlationId: drawUuid(random),
  };
}

function spanIdOf(trace: TraceIds, member: number): Buffer {
  const id = trace.spanIds[member];
  if (id === undefined) throw new Error(`a trace has ${BODIES_A_TRACE_GROUP} spans; there is no span ${member}`);
  return id;
}

function timeOf(number: number, random: SeededRandom): bigint {
  return LOAD_START_NANOS + BigInt(number) * NANOS_A_RECORD + BigInt(random.below(DISORDER_NANOS));
}

/** `length` is a multiple of 4. */
function drawBytes(random: SeededRandom, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; at += 4) bytes.writeUInt32LE(random.next() * 2 ** 32, at);
  return bytes;
}
