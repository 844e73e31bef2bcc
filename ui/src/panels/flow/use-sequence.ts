import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { FlowItem } from '../../logic/causal-order.ts';
import { buildSequence, type FlowSequence, type SequenceHints, signatureOf } from '../../logic/flow-sequence.ts';
import { isErrorLevel, levelOf } from '../../logic/level.ts';
import { foldSequence, loopsAround, type SequenceNode, type SequenceRow, sequenceRows } from '../../logic/sequence-folding.ts';
import { hasFailed } from '../../logic/span-status.ts';

export interface SequenceState {
  readonly sequence: FlowSequence;
  readonly nodes: readonly SequenceNode[];
  readonly rows: readonly SequenceRow[];
  /** The row of an item; -1 where it has none. */
  readonly rowOf: (item: number) => number;
  /** First messages of the loops that an item's message is in, outermost first. */
  readonly loopsOf: (item: number) => readonly number[];
  readonly setOpen: (message: number, isOpen: boolean) => void;
}

/** Which loops the reader has unfolded, each by the span or record that its first message is of. */
export interface OpenLoops {
  readonly ids: readonly string[];
  readonly onChange: (ids: readonly string[]) => void;
}

/** An address has room for so many; the loops that were unfolded first are folded again. */
const MAX_OPEN = 40;

/** The flow as a sequence. The item that is shown is seen: when it becomes the one that is shown, the loops around it are unfolded for it. */
export function useSequence(
  items: readonly FlowItem[],
  shown: number,
  { hints, loops: { ids, onChange } }: { readonly hints: SequenceHints; readonly loops: OpenLoops },
): SequenceState {
  const derived = useMemo(() => {
    const sequence = buildSequence(items, hints);
    const nodes = foldSequence(sequence.messages.map((message) => ({ signature: signatureOf(message), parent: message.parent })));
    const loops = loopsAround(nodes);
    const idOf = (message: number): string => itemId(items[sequence.messages[message]?.main ?? -1]);
    return { sequence, nodes, loops, idOf, heads: new Set([...loops.values()].flat()) };
  }, [items, hints]);
  const { sequence, nodes, loops, idOf, heads } = derived;
  const rows = useMemo(() => {
    const known = new Set(ids);
    return sequenceRows(nodes, new Set([...heads].filter((message) => known.has(idOf(message)))));
  }, [nodes, heads, idOf, ids]);
  const rowByMessage = useMemo(
    () => new Map(rows.flatMap(({ message, isHead }, row) => (isHead ? [] : [[message, row] as const]))),
    [rows],
  );
  const shownMessage = sequence.messageOf[shown] ?? -1;
  const latest = useRef({ ids, onChange, rowByMessage });
  latest.current = { ids, onChange, rowByMessage };
  // Not when loops are folded: the reader may fold the one that the item is in.
  useEffect(() => {
    const now = latest.current;
    const around = loops.get(shownMessage);
    if (around === undefined || now.rowByMessage.has(shownMessage)) return;
    now.onChange(opened(now.ids, around.map(idOf)));
  }, [loops, idOf, shownMessage]);
  const setOpen = useCallback(
    (message: number, isOpen: boolean) => {
      const now = latest.current;
      const id = idOf(message);
      now.onChange(isOpen ? opened(now.ids, [id]) : now.ids.filter((known) => known !== id));
    },
    [idOf],
  );
  const rowOf = useCallback((item: number) => rowByMessage.get(sequence.messageOf[item] ?? -1) ?? -1, [rowByMessage, sequence]);
  const loopsOf = useCallback((item: number) => loops.get(sequence.messageOf[item] ?? -1) ?? [], [loops, sequence]);
  return { sequence, nodes, rows, rowOf, loopsOf, setOpen };
}

function opened(before: readonly string[], ids: readonly string[]): readonly string[] {
  return [...before.filter((id) => !ids.includes(id)), ...ids].slice(-MAX_OPEN);
}

function itemId(item: FlowItem | undefined): string {
  if (item === undefined) return '';
  return item.type === 'span' ? item.span.spanId : item.log.id;
}

/** The next item with an error that is not of the message that is shown: spans and records of one message are one row, and told of once. -1 for none. */
export function nextFailure(
  { sequence: { messageOf } }: Pick<SequenceState, 'sequence'>,
  active: number,
  isFailed: (item: number) => boolean,
): number {
  const told = new Set<number>();
  for (let item = 0; item < messageOf.length; item += 1) {
    const message = messageOf[item] ?? -1;
    if (!isFailed(item) || told.has(message)) continue;
    if (message !== -1) told.add(message);
    if (item > active && (message === -1 || message !== messageOf[active])) return item;
  }
  return -1;
}

/** The next item with an error, in the sequence where that is shown, else by time. -1 for none. */
export function nextErrorItem(items: readonly FlowItem[], active: number, sequence: SequenceState | undefined): number {
  const isFailed = (at: number): boolean => {
    const item = items[at];
    if (item === undefined) return false;
    return item.type === 'span' ? hasFailed(item.span) : isErrorLevel(levelOf(item.log));
  };
  return sequence ? nextFailure(sequence, active, isFailed) : items.findIndex((_, at) => at > active && isFailed(at));
}

/** The item of the next or previous row that is a message; the first where none is active. */
export function nextMessage({ rows, rowOf, sequence: { messages } }: SequenceState, active: number, step: number): number {
  const from = rowOf(active);
  for (let row = from === -1 ? 0 : from + step; row >= 0 && row < rows.length; row += step) {
    const shown = rows[row];
    if (shown !== undefined && !shown.isHead) return messages[shown.message]?.main ?? active;
  }
  return active;
}
