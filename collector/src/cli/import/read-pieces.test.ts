import { describe, expect, it } from 'vitest';
import { readPieces } from './read-pieces.ts';

const RECORD = '{"message":"of a record"}';

/** Places of what can be read, and problems of what cannot. */
async function told(chunks: readonly (string | Buffer)[]): Promise<string[]> {
  const source = async function* (): AsyncGenerator<Buffer> {
    for (const chunk of chunks) yield Buffer.from(chunk);
  };
  const found: string[] = [];
  for await (const piece of readPieces(source())) {
    if ('problem' in piece) found.push(`${piece.place}: ${piece.problem}`);
    else found.push(`${piece.place}: ${piece.encoding}`);
  }
  return found;
}

function message(length: number, body: string): Buffer {
  const bytes = Buffer.alloc(4 + Buffer.byteLength(body));
  bytes.writeUInt32BE(length);
  bytes.write(body, 4);
  return bytes;
}

describe('a source that does not begin as JSON', () => {
  it('is of lines where one of the next is JSON, so that a first line of something else costs no record', async () => {
    const lines = ['line 1: json', 'line 2: json', 'line 3: json'];
    expect(await told([`> npx threadline export\n${RECORD}\n${RECORD}\n`])).toEqual(lines);
    expect(await told(['> npx thread', 'line export\r\n', RECORD.slice(0, 9), `${RECORD.slice(9)}\r\n${RECORD}`])).toEqual(lines);
    expect(await told([`of a record"}\n{"half":\n${RECORD}`])).toEqual(lines);
  });

  it('is of messages where it begins with the length of one, whatever is written in it', async () => {
    const body = `\n${RECORD}\n`;
    const whole = message(body.length, body);
    expect(await told([whole.subarray(0, 3), whole.subarray(3), whole])).toEqual(['message 1: protobuf', 'message 2: protobuf']);
    expect(await told([message(500, body)])).toEqual(['message 1: cut off']);
  });

  it('is told of in one line where it is neither', async () => {
    const neither = [expect.stringMatching(/^message 1: no JSON, and no message with its length before it/)];
    expect(await told(['time,level,message\n1,INFO,a\n2,INFO,b\n'])).toEqual(neither);
    expect(await told([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d])])).toEqual(neither);
  });
});
