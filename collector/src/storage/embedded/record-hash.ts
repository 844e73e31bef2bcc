/**
 * 64 bits of a record's tenant and id as two 32-bit halves (cyrb-style multiplications over UTF-16 units with a final mix), kept in the
 * column `id_hash`: finding an id is then a scan of eight bytes a row. Equal hashes are told apart by the ids themselves.
 * On disk: never change it without a new layout version.
 */
export interface RecordHash {
  readonly high: number;
  readonly low: number;
}

export function hashRecord(tenant: string, id: string): RecordHash {
  let high = 0x9e3779b9;
  let low = 0x85ebca6b;
  // A tenant is one word: the line break keeps ("a", "bc") apart from ("ab", "c").
  const text = `${tenant}\n${id}`;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    low = Math.imul(low ^ unit, 0x5f356495);
  }
  return { high: mix(high ^ (low >>> 15)), low: mix(low ^ (high >>> 13)) };
}

export function hashNumber({ high, low }: RecordHash): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

/** The finalizer of MurmurHash3 (32 bits), by Austin Appleby, public domain. */
function mix(hash: number): number {
  let mixed = hash;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
