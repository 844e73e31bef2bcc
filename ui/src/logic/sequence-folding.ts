/** One message of a sequence as folding sees it. */
export interface FoldedMessage {
  /** Two messages of one signature look the same. */
  readonly signature: string;
  /** Place of the message that caused it; -1 where none did. */
  readonly parent: number;
}

/** A message by its place, or what repeats. */
export type SequenceNode =
  | { readonly type: 'message'; readonly message: number; readonly size: 1 }
  | {
      readonly type: 'loop';
      /** Place of the first message. */
      readonly first: number;
      readonly count: number;
      /** What each turn consists of, as many as `count`. */
      readonly turns: readonly (readonly SequenceNode[])[];
      /** Messages in all turns. */
      readonly size: number;
    };

/** So many turns are called a loop. */
const MIN_TURNS = 3;
/** Steps of a turn that are looked for. */
const MAX_PERIOD = 8;

/**
 * The messages with what repeats folded: from three equal turns in a row on, a turn being up to eight steps, each of which may be a loop itself. Turns are
 * equal where their messages look the same and were caused by the same message, or by the same step of their own turn. Nothing is left out and nothing
 * changes its place: flattened it is the list again. Time: the number of messages times the longest turn.
 */
export function foldSequence(messages: readonly FoldedMessage[]): readonly SequenceNode[] {
  let nodes: readonly SequenceNode[] = messages.map((_, message) => ({ type: 'message', message, size: 1 }));
  for (let period = 1; period <= MAX_PERIOD; period += 1) nodes = foldPeriod(nodes, messages, period);
  return nodes;
}

function foldPeriod(nodes: readonly SequenceNode[], messages: readonly FoldedMessage[], period: number): readonly SequenceNode[] {
  const folded: SequenceNode[] = [];
  for (let start = 0; start < nodes.length; ) {
    const turns = countTurns(nodes, messages, { start, period });
    const node = nodes[start];
    if (node === undefined) break;
    if (turns < MIN_TURNS) {
      folded.push(node);
      start += 1;
      continue;
    }
    const taken = nodes.slice(start, start + turns * period);
    folded.push({
      type: 'loop',
      first: firstOf(node),
      count: turns,
      turns: Array.from({ length: turns }, (_, turn) => taken.slice(turn * period, (turn + 1) * period)),
      size: taken.reduce((sum, { size }) => sum + size, 0),
    });
    start += turns * period;
  }
  return folded;
}

function countTurns(
  nodes: readonly SequenceNode[],
  messages: readonly FoldedMessage[],
  { start, period }: { readonly start: number; readonly period: number },
): number {
  let turns = 1;
  for (;;) {
    const next = start + turns * period;
    if (next + period > nodes.length) return turns;
    // Turns of one loop have as many messages each, so that a step's place in its turn tells it.
    const base = firstOf(nodes[start]);
    const offset = firstOf(nodes[next]) - base;
    for (let step = 0; step < period; step += 1) {
      if (!isSame(nodes[start + step], nodes[next + step], { messages, base, offset })) return turns;
    }
    turns += 1;
  }
}

interface Comparison {
  readonly messages: readonly FoldedMessage[];
  /** Place of the first turn's first message. */
  readonly base: number;
  /** From there to the same message of the other turn. */
  readonly offset: number;
}

function isSame(one: SequenceNode | undefined, other: SequenceNode | undefined, comparison: Comparison): boolean {
  if (one === undefined || other === undefined || one.type !== other.type || one.size !== other.size) return false;
  if (one.type === 'message' || other.type === 'message') {
    const [left, right] = [comparison.messages[firstOf(one)], comparison.messages[firstOf(other)]];
    if (left === undefined || right === undefined || left.signature !== right.signature) return false;
    return left.parent === right.parent
      ? left.parent < comparison.base
      : left.parent >= comparison.base && left.parent + comparison.offset === right.parent;
  }
  const [turn, otherTurn] = [one.turns[0] ?? [], other.turns[0] ?? []];
  return one.count === other.count && turn.every((node, step) => isSame(node, otherTurn[step], comparison));
}

function firstOf(node: SequenceNode | undefined): number {
  if (node === undefined) return 0;
  return node.type === 'message' ? node.message : node.first;
}

/** A line of the drawn sequence: a message, the head of a loop, or the end of what is shown of it. */
export interface SequenceRow {
  /** Of a message its place, of a loop's head that of its first message. */
  readonly message: number;
  /** Of a head how many turns there are; of a message of a folded loop of one step too. */
  readonly turns: number;
  readonly isHead: boolean;
  /** Loops around it. */
  readonly depth: number;
  /** A loop that can be folded and unfolded stands here. */
  readonly isOpen: boolean | undefined;
}

/** What is drawn of the nodes: of a loop its first turn alone, unless `open` has its first message's place. */
export function sequenceRows(nodes: readonly SequenceNode[], open: ReadonlySet<number>): SequenceRow[] {
  const rows: SequenceRow[] = [];
  const add = (node: SequenceNode, depth: number): void => {
    if (node.type === 'message') {
      rows.push({ message: node.message, turns: 1, isHead: false, depth, isOpen: undefined });
      return;
    }
    const isOpen = open.has(node.first);
    const [turn = []] = node.turns;
    const [step] = turn;
    if (!isOpen && turn.length === 1 && step?.type === 'message') {
      rows.push({ message: step.message, turns: node.count, isHead: false, depth, isOpen });
      return;
    }
    rows.push({ message: node.first, turns: node.count, isHead: true, depth, isOpen });
    for (const shown of isOpen ? node.turns : [turn]) for (const one of shown) add(one, depth + 1);
  };
  for (const node of nodes) add(node, 0);
  return rows;
}

/** Of each message the first messages of the loops that it is in, outermost first: what has to be open for it to have a row. */
export function loopsAround(nodes: readonly SequenceNode[]): ReadonlyMap<number, readonly number[]> {
  const around = new Map<number, readonly number[]>();
  const visit = (node: SequenceNode, loops: readonly number[]): void => {
    if (node.type === 'message') {
      if (loops.length > 0) around.set(node.message, loops);
      return;
    }
    for (const turn of node.turns) for (const one of turn) visit(one, [...loops, node.first]);
  };
  for (const node of nodes) visit(node, []);
  return around;
}
