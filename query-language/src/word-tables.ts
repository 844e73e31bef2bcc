import { ACCEPTING_STATES, CLASS_COUNT, CLASS_RUNS, STATE_COUNT, TRANSITION_RUNS } from './word-break.generated.ts';

const BLOCK_BITS = 8;
const BLOCK_SIZE = 1 << BLOCK_BITS;
const CODE_POINTS = 0x110000;

/** The generated tables, spread out. State 0 is dead, state 1 the start; class 0 is in no word. */
export interface WordTables {
  /** The class of each code point below U+10000, surrogates apart, without a second look-up. */
  readonly classOfUnit: Uint8Array;
  /** The block of each 256 code points, times 256. */
  readonly blockOffsets: Uint32Array;
  readonly classOfBlock: Uint8Array;
  /** The next state, times the number of classes, at `state * classes + class`. */
  readonly transitions: Uint16Array;
  /** 1 where a word may end, at `state * classes`. */
  readonly accepts: Uint8Array;
}

let tables: WordTables | undefined;

/** The tables, made at the first call and kept: about 90 KB. */
export function wordTables(): WordTables {
  tables ??= readTables();
  return tables;
}

function readTables(): WordTables {
  const classes = spread(CLASS_RUNS, CODE_POINTS);
  const blockOffsets = new Uint32Array(CODE_POINTS >> BLOCK_BITS);
  const offsets = new Map<string, number>();
  // What makes a text of bytes soonest: each program and each thread starts with this.
  const asText = new TextDecoder('latin1');
  const blocks: Uint8Array[] = [];
  for (let block = 0; block < blockOffsets.length; block++) {
    const content = classes.subarray(block * BLOCK_SIZE, (block + 1) * BLOCK_SIZE);
    const key = asText.decode(content);
    const known = offsets.get(key) ?? blocks.length * BLOCK_SIZE;
    if (!offsets.has(key)) {
      offsets.set(key, known);
      blocks.push(content);
    }
    blockOffsets[block] = known;
  }
  const classOfBlock = new Uint8Array(blocks.length * BLOCK_SIZE);
  blocks.forEach((content, index) => {
    classOfBlock.set(content, index * BLOCK_SIZE);
  });
  const accepts = new Uint8Array(STATE_COUNT * CLASS_COUNT);
  for (let state = 0; state < STATE_COUNT; state++) accepts[state * CLASS_COUNT] = Number(ACCEPTING_STATES.charAt(state));
  const transitions = Uint16Array.from(spread(TRANSITION_RUNS, STATE_COUNT * CLASS_COUNT), (state) => state * CLASS_COUNT);
  return { classOfUnit: classes.slice(0, 0x10000), blockOffsets, classOfBlock, transitions, accepts };
}

/** Runs of (length, value) in base 36 as one value a place. */
function spread(runs: string, length: number): Uint8Array {
  const values = new Uint8Array(length);
  const numbers = runs.split('.');
  let place = 0;
  for (let index = 0; index < numbers.length; index += 2) {
    const end = place + Number.parseInt(numbers[index] ?? '', 36);
    values.fill(Number.parseInt(numbers[index + 1] ?? '', 36), place, end);
    place = end;
  }
  return values;
}
