import { useCallback, useEffect, useMemo, useState } from 'react';
import { matchesSpan } from '../../logic/span-find.ts';
import { type TimeWindow, WHOLE, windowBetween } from '../../logic/time-window.ts';
import {
  canFold,
  carryOver,
  foldedBelow,
  isErrorNode,
  nextNode,
  nodeKey,
  nodeOfKey,
  nodeOfLog,
  rowOf,
  visibleNodes,
  withAncestors,
  withRowFor,
} from '../../logic/trace-rows.ts';
import type { TraceSnapshot } from '../../logic/trace-snapshot.ts';
import { endOf, NODE, nodeOfSpan, spanIdOf, type TraceTree } from '../../logic/trace-tree.ts';
import type { WaterfallAddress } from './waterfall-address.ts';

interface Folds {
  readonly tree: TraceTree;
  /** 1 for nodes whose subtree is folded away, and for repetitions that are laid out. */
  readonly folded: Uint8Array;
  readonly opened: Uint8Array;
  readonly active: number;
}

/** What of the tree is folded, which row the keys are on and which part of the time axis is looked at. */
export function useWaterfall(snapshot: TraceSnapshot, address: WaterfallAddress) {
  const { tree, repeats } = snapshot;
  const [stored, setFolds] = useState<Folds>(() => noFolds(tree));
  const folds = stored.tree === tree ? stored : carried(stored, tree);
  if (folds !== stored) setFolds(folds);
  const [window, setWindow] = useState<TimeWindow>(WHOLE);
  const { showLogs, foldRepeats, find, onlyFound, focusId, group } = address;
  const { service, operation } = group ?? {};
  const { folded, opened, active } = folds;
  const found = useMemo(() => {
    if (find === '' && service === undefined) return undefined;
    const is = matchesSpan(tree, { text: find, service, operation });
    return { is, ...withAncestors(tree, is) };
  }, [tree, find, service, operation]);
  const focus = focusId === undefined ? -1 : nodeOfSpan(tree, focusId);
  const rows = useMemo(
    () =>
      visibleNodes(tree, {
        folded,
        showLogs,
        repeats: foldRepeats && !onlyFound ? { groups: repeats, opened } : undefined,
        focus: focus === -1 ? undefined : focus,
        only: onlyFound ? found?.only : undefined,
      }),
    [tree, folded, showLogs, foldRepeats, onlyFound, repeats, opened, focus, found],
  );
  const openNode =
    address.spanId !== undefined ? nodeOfSpan(tree, address.spanId) : address.logId !== undefined ? nodeOfLog(tree, address.logId) : -1;
  const change = useCallback(
    (next: (before: Folds) => Partial<Folds>): void =>
      // Of a tree that there is no more, places would be of other spans.
      setFolds((before) => (before.tree === tree ? { ...before, ...next(before) } : before)),
    [tree],
  );
  // What the address names is in sight: nothing above it stays folded.
  useEffect(() => {
    if (openNode !== -1) setFolds((before) => (before.tree === tree ? revealed(before, openNode, repeats.headOf) : before));
  }, [openNode, tree, repeats]);
  // A subtree that is looked at by itself has the axis to itself.
  useEffect(() => {
    if (focus === -1) return;
    const whole = Math.max(1, tree.durationNanos);
    setWindow(windowBetween((tree.start[focus] ?? 0) / whole, endOf(tree, focus) / whole));
  }, [focus, tree]);
  // The same functions while they say the same: rows whose nodes are what they were are not made again.
  const isRepeat = useCallback(
    (node: number): boolean => foldRepeats && !onlyFound && repeats.headOf[node] === node && opened[node] !== 1 && node !== focus,
    [repeats, foldRepeats, onlyFound, opened, focus],
  );
  const isFolded = useCallback((node: number): boolean => isRepeat(node) || folded[node] === 1, [isRepeat, folded]);
  const canFoldNode = useCallback((node: number): boolean => isRepeat(node) || canFold(tree, node, showLogs), [isRepeat, tree, showLogs]);
  const toggle = useCallback(
    (node: number, fold: boolean): void =>
      change((before) =>
        isRepeat(node) ? { opened: withFlag(before.opened, node, !fold) } : { folded: withFlag(before.folded, node, fold) },
      ),
    [change, isRepeat],
  );
  const activeRow = rowOf(rows, active);
  const open = (node: number): void => {
    change((before) => revealed(before, node, repeats.headOf));
    if (tree.type[node] === NODE.log) address.openLog(tree.logs.ids[tree.source[node] ?? 0] ?? '');
    else address.openSpan(spanIdOf(tree, node));
  };
  const openNext = (is: (node: number) => boolean, step: 1 | -1 = 1): void => {
    const node = tree.size === 0 ? -1 : nextNode(tree, active, { step, is });
    if (node !== -1) open(node);
  };
  return {
    rows,
    active: activeRow,
    selected: rowOf(rows, openNode),
    activeNode: active,
    window,
    setWindow,
    focus,
    found,
    isRepeat,
    isFolded,
    canFold: canFoldNode,
    activate: (row: number) => change(() => ({ active: rows[row] ?? -1 })),
    open,
    toggle,
    /** Moves by rows; what is open follows. */
    move: (step: number) => {
      const node = rows[Math.min(rows.length - 1, Math.max(0, activeRow + step))];
      if (node === undefined) return;
      if (address.isOpen) open(node);
      else change(() => ({ active: node }));
    },
    openNextError: () => openNext((node) => isErrorNode(tree, node)),
    openNextFound: (step: 1 | -1) => found !== undefined && openNext(found.is, step),
    foldDeeper: (depth: number) => change(() => ({ folded: foldedBelow(tree, depth), opened: new Uint8Array(tree.size) })),
    unfoldAll: () => change(() => ({ folded: new Uint8Array(tree.size) })),
    /** Folds every call of the service of the row that the keys are on. */
    foldService: () => {
      const service = tree.service[active];
      if (active === -1 || tree.type[active] === NODE.log) return;
      change((before) => ({
        folded: before.folded.map((flag, node) => (tree.service[node] === service && tree.type[node] !== NODE.log ? 1 : flag)),
      }));
    },
  };
}

export type Waterfall = ReturnType<typeof useWaterfall>;

function noFolds(tree: TraceTree): Folds {
  return { tree, folded: new Uint8Array(tree.size), opened: new Uint8Array(tree.size), active: -1 };
}

/** While a trace loads its tree is made anew again and again; what the reader has done to it stays. */
function carried({ tree: before, folded, opened, active }: Folds, tree: TraceTree): Folds {
  return {
    tree,
    folded: carryOver(before, folded, tree),
    opened: carryOver(before, opened, tree),
    active: active === -1 ? -1 : nodeOfKey(tree, nodeKey(before, active)),
  };
}

function revealed(folds: Folds, node: number, headOf: Int32Array): Folds {
  return { ...folds, ...withRowFor(folds.tree, node, { shown: folds, headOf }), active: node };
}

function withFlag(flags: Uint8Array, node: number, value: boolean): Uint8Array {
  const next = flags.slice();
  next[node] = value ? 1 : 0;
  return next;
}
