import { useCallback, useEffect, useMemo, useState } from 'react';
import { type TimeWindow, WHOLE } from '../../logic/time-window.ts';
import { ancestors, nextError, nodeOfLog, nodeOfSpan, visibleNodes } from '../../logic/trace-rows.ts';
import type { TraceTree } from '../../logic/trace-tree.ts';
import type { TraceAddress } from './use-trace-address.ts';

/** What of the tree is folded, which row the keys are on and which part of the time axis is looked at. */
export function useWaterfall(tree: TraceTree, address: TraceAddress) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [activeKey, setActiveKey] = useState('');
  const [window, setWindow] = useState<TimeWindow>(WHOLE);
  const { showLogs } = address;
  const collapsed = useMemo(
    () => new Set(folded.size === 0 ? [] : tree.entries.flatMap((_, node) => (folded.has(keyOf(tree, node)) ? [node] : []))),
    [folded, tree],
  );
  const rows = useMemo(() => visibleNodes(tree, { collapsed, showLogs }), [tree, collapsed, showLogs]);
  const opened =
    address.spanId !== undefined ? nodeOfSpan(tree, address.spanId) : address.logId !== undefined ? nodeOfLog(tree, address.logId) : -1;
  // What the address names is in sight: nothing above it stays folded.
  useEffect(() => {
    if (opened === -1) return;
    setActiveKey(keyOf(tree, opened));
    setFolded((before) => {
      const hiding = ancestors(tree, opened)
        .map((node) => keyOf(tree, node))
        .filter((key) => before.has(key));
      return hiding.length === 0 ? before : new Set([...before].filter((key) => !hiding.includes(key)));
    });
  }, [opened, tree]);
  const active = useMemo(() => rows.findIndex((node) => keyOf(tree, node) === activeKey), [rows, tree, activeKey]);
  const activate = (row: number) => {
    const node = rows[row];
    if (node !== undefined) setActiveKey(keyOf(tree, node));
  };
  const open = (node: number) => {
    const entry = tree.entries[node];
    setActiveKey(keyOf(tree, node));
    if (entry?.type === 'log') address.openLog(entry.log.id);
    else if (entry?.type === 'missing') address.openSpan(entry.spanId);
    else if (entry !== undefined) address.openSpan(entry.span.spanId);
  };
  const toggle = useCallback(
    (node: number, fold: boolean) =>
      setFolded((before) => {
        const next = new Set(before);
        if (fold) next.add(keyOf(tree, node));
        else next.delete(keyOf(tree, node));
        return next;
      }),
    [tree],
  );
  return {
    rows,
    collapsed,
    active,
    selected: rows.indexOf(opened),
    window,
    setWindow,
    activate,
    open,
    toggle,
    /** Moves by rows; what is open follows. */
    move: (step: number) => {
      const next = Math.min(rows.length - 1, Math.max(0, active + step));
      const node = rows[next];
      if (node === undefined) return;
      if (address.isOpen) open(node);
      else activate(next);
    },
    openNextError: () => {
      const node = nextError(tree, rows[active] ?? -1);
      if (node !== -1) open(node);
    },
  };
}

export type Waterfall = ReturnType<typeof useWaterfall>;

/** What a node is called as long as the trace loads: its place in the tree changes, its id does not. */
function keyOf(tree: TraceTree, node: number): string {
  const entry = tree.entries[node];
  if (entry === undefined) return '';
  if (entry.type === 'log') return `log ${entry.log.id}`;
  return `span ${entry.type === 'missing' ? entry.spanId : entry.span.spanId}`;
}
