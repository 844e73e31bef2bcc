import { ascending } from '../../model/ascending.ts';
import { nameOf, type ShardFrontier } from './shard-frontiers.ts';

/** Only the newest index of a data stream is written to; those before it can have writes of a rollover's moment. */
const MAX_SHARDS = 16;
/** Far above what is made here. */
const MAX_POSITION_LENGTH = 4_096;

/** How far a reader has come in the newest indices. */
export type ArrivalPosition = readonly ShardFrontier[];

/** Never behind what was known; of shards that have no primary at the moment, just that. */
export function encodePosition(frontiers: readonly ShardFrontier[], known: ArrivalPosition = []): string {
  const all = new Map(known.map((frontier) => [nameOf(frontier), frontier]));
  for (const frontier of frontiers) {
    if (frontier.checkpoint > (all.get(nameOf(frontier))?.checkpoint ?? Number.NEGATIVE_INFINITY)) all.set(nameOf(frontier), frontier);
  }
  const newest = [...all.values()].sort(byName).slice(-MAX_SHARDS);
  return Buffer.from(JSON.stringify(newest.map(({ index, shard, checkpoint }) => [index, shard, checkpoint]))).toString('base64url');
}

/** Undefined for what `encodePosition` cannot have made. */
export function parsePosition(text: string): ArrivalPosition | undefined {
  if (text.length > MAX_POSITION_LENGTH) return undefined;
  const content = parseJson(Buffer.from(text, 'base64url').toString());
  if (!Array.isArray(content) || content.length > MAX_SHARDS) return undefined;
  const position = content.map(parseFrontier);
  return position.every((frontier) => frontier !== undefined) ? position : undefined;
}

function parseFrontier(content: unknown): ShardFrontier | undefined {
  if (!Array.isArray(content)) return undefined;
  const [index, shard, checkpoint]: readonly unknown[] = content;
  if (typeof index !== 'string' || !isNumber(shard, 0) || !isNumber(checkpoint, -1)) return undefined;
  return { index, shard, checkpoint };
}

function isNumber(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= least;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function byName(left: ShardFrontier, right: ShardFrontier): number {
  return ascending(left.index, right.index) || left.shard - right.shard;
}
