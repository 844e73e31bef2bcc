import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';

/** AMQP 0-9-1: the numbers of the methods that a test needs, class and method. */
export const METHODS = {
  connectionStart: [10, 10],
  connectionStartOk: [10, 11],
  connectionTune: [10, 30],
  connectionTuneOk: [10, 31],
  connectionOpen: [10, 40],
  connectionOpenOk: [10, 41],
  channelOpen: [20, 10],
  channelOpenOk: [20, 11],
  queueDeclare: [50, 10],
  queueDeclareOk: [50, 11],
  basicPublish: [60, 40],
  basicGet: [60, 70],
  basicGetOk: [60, 71],
} as const satisfies Record<string, readonly [number, number]>;

const METHOD = 1;
const HEADER = 2;
const BODY = 3;
const FRAME_END = 0xce;

export function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function shortString(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
}

export function longString(text: string): Buffer {
  return Buffer.concat([uint32(text.length), Buffer.from(text)]);
}

/** One connection with one channel; just enough to see that a broker is one. */
export class AmqpSession {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);

  constructor(port: number) {
    this.#socket = createConnection({ host: '127.0.0.1', port });
    this.#socket.on('data', (bytes) => {
      this.#received = Buffer.concat([this.#received, bytes]);
    });
    this.#socket.write('AMQP\0\0\x09\x01');
  }

  send(channel: number, method: readonly [number, number], ...fields: Buffer[]): void {
    this.#sendFrame(METHOD, channel, Buffer.concat([uint16(method[0]), uint16(method[1]), ...fields]));
  }

  /** The content that goes with `basicPublish`, without properties. */
  sendContent(channel: number, body: string): void {
    const sizeHighAndLow = [uint32(0), uint32(body.length)];
    this.#sendFrame(HEADER, channel, Buffer.concat([uint16(60), uint16(0), ...sizeHighAndLow, uint16(0)]));
    this.#sendFrame(BODY, channel, Buffer.from(body));
  }

  /** The fields of the next method, which must be that one. */
  async expect(method: readonly [number, number]): Promise<Buffer> {
    const { type, payload } = await this.#nextFrame();
    if (type !== METHOD || payload.readUInt16BE(0) !== method[0] || payload.readUInt16BE(2) !== method[1]) {
      throw new Error(`expected method ${method}, got a frame of type ${type}: ${payload.toString('latin1')}`);
    }
    return payload.subarray(4);
  }

  /** The body of the content that follows a method. */
  async content(): Promise<string> {
    await this.#nextFrame();
    return (await this.#nextFrame()).payload.toString();
  }

  close(): void {
    this.#socket.destroy();
  }

  #sendFrame(type: number, channel: number, payload: Buffer): void {
    this.#socket.write(Buffer.concat([Buffer.from([type]), uint16(channel), uint32(payload.length), payload, Buffer.from([FRAME_END])]));
  }

  async #nextFrame(): Promise<{ type: number; payload: Buffer }> {
    // Type, channel and length before the payload, one byte behind it.
    while (this.#received.length < 7 || this.#received.length < 8 + this.#received.readUInt32BE(3)) {
      await once(this.#socket, 'data', { signal: AbortSignal.timeout(20_000) });
    }
    const end = 7 + this.#received.readUInt32BE(3);
    const frame = { type: this.#received.readUInt8(0), payload: this.#received.subarray(7, end) };
    this.#received = this.#received.subarray(end + 1);
    return frame;
  }
}
