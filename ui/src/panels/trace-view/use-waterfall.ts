import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { type FoldMarks, type FoldStep, marksOf, withoutFolds, withStep } from '../../logic/fold-steps.ts';
import { matchesSpan } from '../../logic/span-find.ts';
import { parseWindow, type TimeWindow, WHOLE, windowBetween, writeWindow } from '../../logic/time-window.ts';
import {
  canFold,
  isErrorNode,
  nearestRow,
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
import { endOf, NODE, nodeOfSpan, serviceNameOf, spanKeyOf, type TraceTree } from '../../logic/trace-tree.ts';
import { createLiveValue } from '../../shared/live-value.ts';
import type { WaterfallAddress } from './waterfall-address.ts';

/** A turn of the wheel is many steps; browsers let a page write its address a few times a second. */
const ZOOM_SETTLES_MILLIS = 300;
/** All of the axis, where a part of it would be shown otherwise. */
const ALL = '0-1000000';

/** The node that the keys are on; -1 for none. */
interface Active {
  readonly tree: TraceTree;
  readonly node: number;
}

/** What of the tree is folded, which row the keys are on and which part of the time axis is looked at. */
export function useWaterfall(snapshot: TraceSnapshot, address: WaterfallAddress) {
  const { tree, repeats } = snapshot;
  const [stored, setActive] = useState<Active>({ tree, node: -1 });
  const [visits, setVisits] = useState(0);
  const held = stored.tree === tree ? stored : carried(stored, tree);
  if (held !== stored) setActive(held);
  const active = held.node;
  const activate = useCallback((node: number): void => setActive({ tree, node }), [tree]);
  const { showLogs, foldRepeats, find, onlyFound, focusId, group, foldSteps, changeFoldSteps } = address;
  const { service, operation } = group ?? {};
  const openNode =
    address.spanId !== undefined ? nodeOfSpan(tree, address.spanId) : address.logId !== undefined ? nodeOfLog(tree, address.logId) : -1;
  const marks = useMemo(() => marksOf(tree, foldSteps, repeats.headOf), [tree, foldSteps, repeats]);
  const { folded, opened } = useRevealed(address, { tree, headOf: repeats.headOf, marks, openNode, activate });
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
  const take = useCallback((step: FoldStep): void => changeFoldSteps((before) => withStep(before, step)), [changeFoldSteps]);
  const { window, setWindow } = useTimeWindow(address, tree, focus);
  // The same functions while they say the same: rows whose nodes are what they were are not made again.
  const isRepeat = useCallback(
    (node: number): boolean => foldRepeats && !onlyFound && repeats.headOf[node] === node && opened[node] !== 1 && node !== focus,
    [repeats, foldRepeats, onlyFound, opened, focus],
  );
  const isFolded = useCallback((node: number): boolean => isRepeat(node) || folded[node] === 1, [isRepeat, folded]);
  const canFoldNode = useCallback((node: number): boolean => isRepeat(node) || canFold(tree, node, showLogs), [isRepeat, tree, showLogs]);
  const toggle = useCallback(
    (node: number, fold: boolean): void =>
      take({ type: isRepeat(node) ? 'layOut' : fold ? 'fold' : 'unfold', spanId: spanKeyOf(tree, node) }),
    [take, isRepeat, tree],
  );
  // What is folded away, filtered out or not shown any more has the row of what it is in: the keys are on that one then.
  const activeRow = active === -1 ? -1 : nearestRow(tree, active, { rows, headOf: repeats.headOf });
  const activeNode = rows[activeRow] ?? -1;
  const open = (node: number): void => {
    activate(node);
    if (tree.type[node] === NODE.log) address.openLog(tree.logs.ids[tree.source[node] ?? 0] ?? '');
    else address.openSpan(spanKeyOf(tree, node));
  };
  const openNext = (is: (node: number) => boolean, step: 1 | -1 = 1): void => {
    const node = tree.size === 0 ? -1 : nextNode(tree, active, { step, is });
    if (node === -1) return;
    setVisits((before) => before + 1);
    open(node);
  };
  return {
    rows,
    active: activeRow,
    selected: rowOf(rows, openNode),
    activeNode,
    /** How often the reader has gone to the next of what is looked for: it may be the one that is open. */
    visits,
    window,
    setWindow,
    focus,
    found,
    isRepeat,
    isFolded,
    canFold: canFoldNode,
    activate: (row: number) => activate(rows[row] ?? -1),
    open,
    toggle,
    /** Moves by rows; what is open follows. */
    move: (step: number) => {
      const node = rows[Math.min(rows.length - 1, Math.max(0, activeRow + step))];
      if (node === undefined) return;
      if (address.isOpen) open(node);
      else activate(node);
    },
    openNextError: () => openNext((node) => isErrorNode(tree, node)),
    openNextFound: (step: 1 | -1) => found !== undefined && openNext(found.is, step),
    foldDeeper: (depth: number) => take({ type: 'depth', depth }),
    unfoldAll: () => changeFoldSteps(withoutFolds),
    /** Folds every call of the service of the row that the keys are on. */
    foldService: () => {
      if (activeNode === -1 || tree.type[activeNode] === NODE.log) return;
      take({ type: 'service', service: serviceNameOf(tree, activeNode) });
    },
  };
}

export type Waterfall = ReturnType<typeof useWaterfall>;

/**
 * The part of the time axis that is looked at: that which the reader chose, else a subtree that is shown alone has the axis to itself. While it is moved
 * those who show it follow it without React, and it is kept in the address when it rests.
 */
function useTimeWindow({ traceId, focusId, zoom, setZoom }: WaterfallAddress, tree: TraceTree, focus: number) {
  const chosen = useMemo(() => parseWindow(zoom), [zoom]);
  const given = useMemo(() => {
    if (focus === -1) return WHOLE;
    const whole = Math.max(1, tree.durationNanos);
    return windowBetween((tree.start[focus] ?? 0) / whole, endOf(tree, focus) / whole);
  }, [tree, focus]);
  const addressed = chosen ?? given;
  const [window] = useState(() => createLiveValue(addressed));
  const settling = useRef<ReturnType<typeof setTimeout>>(undefined);
  const keep = useRef(setZoom);
  keep.current = setZoom;
  const isFocused = focusId !== undefined;
  const setWindow = useCallback(
    (next: TimeWindow): void => {
      window.set(next);
      clearTimeout(settling.current);
      settling.current = setTimeout(() => {
        settling.current = undefined;
        keep.current(writeWindow(next) ?? (isFocused ? ALL : undefined));
      }, ZOOM_SETTLES_MILLIS);
    },
    [window, isFocused],
  );
  // What is moved over one address is of no other.
  const over = [traceId, focusId, zoom].join(' ');
  const movedOver = useRef(over);
  useLayoutEffect(() => {
    if (movedOver.current !== over) {
      clearTimeout(settling.current);
      settling.current = undefined;
    }
    movedOver.current = over;
    if (settling.current === undefined) window.set(addressed);
  }, [over, addressed, window]);
  useLayoutEffect(() => () => clearTimeout(settling.current), []);
  return { window, setWindow };
}

/** While a trace loads its tree is made anew again and again; the row that the keys are on stays. */
function carried({ tree: before, node }: Active, tree: TraceTree): Active {
  return { tree, node: node === -1 ? -1 : nodeOfKey(tree, nodeKey(before, node)) };
}

interface Revealing {
  readonly tree: TraceTree;
  readonly headOf: Int32Array;
  readonly marks: FoldMarks;
  readonly openNode: number;
  readonly activate: (node: number) => void;
}

/** The marks with which what the address names is in sight, once it has come: nothing above it stays folded, until the reader folds it again. */
function useRevealed(
  { spanId, logId, changeFoldSteps }: WaterfallAddress,
  { tree, headOf, marks, openNode, activate }: Revealing,
): FoldMarks {
  const openKey = spanId ?? logId;
  const [revealedKey, setRevealedKey] = useState<string>();
  const askedKey = useRef<string>(undefined);
  const isRevealed = openNode === -1 || revealedKey === openKey;
  const shown = useMemo(
    () => (isRevealed ? marks : withRowFor(tree, openNode, { shown: marks, headOf })),
    [isRevealed, tree, openNode, marks, headOf],
  );
  useEffect(() => {
    if (isRevealed) return;
    const isHidden = shown.folded !== marks.folded || shown.opened !== marks.opened;
    if (isHidden && askedKey.current !== openKey) {
      askedKey.current = openKey;
      changeFoldSteps((before) => revealSteps(tree, openNode).reduce(withStep, before));
    } else {
      askedKey.current = undefined;
      setRevealedKey(openKey);
    }
    activate(openNode);
  }, [isRevealed, shown, marks, openKey, tree, openNode, changeFoldSteps, activate]);
  return shown;
}

/** A record has no id among the spans: it is in sight where its span is, and is not folded. */
function revealSteps(tree: TraceTree, node: number): readonly FoldStep[] {
  if (tree.type[node] !== NODE.log) return [{ type: 'reveal', spanId: spanKeyOf(tree, node) }];
  const parent = tree.parent[node] ?? -1;
  if (parent === -1) return [];
  const spanId = spanKeyOf(tree, parent);
  return [
    { type: 'reveal', spanId },
    { type: 'unfold', spanId },
  ];
}
