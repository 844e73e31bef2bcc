import { useCallback, useEffect, useMemo, useState } from 'react';
import type { FlowItem } from '../../logic/causal-order.ts';
import { buildSequence, type FlowSequence, signatureOf } from '../../logic/flow-sequence.ts';
import { foldSequence, loopsAround, type SequenceNode, type SequenceRow, sequenceRows } from '../../logic/sequence-folding.ts';

export interface SequenceState {
  readonly sequence: FlowSequence;
  readonly nodes: readonly SequenceNode[];
  readonly rows: readonly SequenceRow[];
  /** The row of an item; -1 where it has none. */
  readonly rowOf: (item: number) => number;
  readonly setOpen: (message: number, isOpen: boolean) => void;
}

/** The flow as a sequence, with the loops that the reader has unfolded. The item that is shown is seen: the loops around it are unfolded for it. */
export function useSequence(items: readonly FlowItem[], shown: number): SequenceState {
  const [open, setOpenLoops] = useState<ReadonlySet<number>>(new Set());
  const derived = useMemo(() => {
    const sequence = buildSequence(items);
    const nodes = foldSequence(sequence.messages.map((message) => ({ signature: signatureOf(message), parent: message.parent })));
    return { sequence, nodes, loops: loopsAround(nodes) };
  }, [items]);
  const { sequence, nodes, loops } = derived;
  const rows = useMemo(() => sequenceRows(nodes, open), [nodes, open]);
  const rowByMessage = useMemo(
    () => new Map(rows.flatMap(({ message, isHead }, row) => (isHead ? [] : [[message, row] as const]))),
    [rows],
  );
  const shownMessage = sequence.messageOf[shown] ?? -1;
  useEffect(() => {
    const around = loops.get(shownMessage);
    if (around === undefined || rowByMessage.has(shownMessage)) return;
    setOpenLoops((before) => new Set([...before, ...around]));
  }, [loops, shownMessage, rowByMessage]);
  const setOpen = useCallback((message: number, isOpen: boolean) => {
    setOpenLoops((before) => {
      const next = new Set(before);
      if (isOpen) next.add(message);
      else next.delete(message);
      return next;
    });
  }, []);
  const rowOf = useCallback((item: number) => rowByMessage.get(sequence.messageOf[item] ?? -1) ?? -1, [rowByMessage, sequence]);
  return { sequence, nodes, rows, rowOf, setOpen };
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
