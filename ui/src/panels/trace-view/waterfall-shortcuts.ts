import { scaleWindow, WHOLE } from '../../logic/time-window.ts';
import { spanKeyOf, type TraceTree } from '../../logic/trace-tree.ts';
import type { ShortcutMap } from '../../state/shortcuts.ts';
import type { TraceViewName } from '../../state/url-state.ts';
import type { Waterfall } from './use-waterfall.ts';
import type { WaterfallAddress } from './waterfall-address.ts';

const DEPTH_KEYS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** The key of every view of a trace; records have no other one of its spans. */
function detailShortcuts(address: WaterfallAddress): ShortcutMap {
  return { Escape: () => address.isOpen && address.close() };
}

/** That, and the keys of every view of spans. */
function spanShortcuts(address: WaterfallAddress, waterfall: Waterfall): ShortcutMap {
  return {
    ...detailShortcuts(address),
    e: waterfall.openNextError,
    n: () => waterfall.openNextFound(1),
    N: () => waterfall.openNextFound(-1),
  };
}

/** Those, and the keys of the waterfall's rows and time axis. */
function waterfallShortcuts(address: WaterfallAddress, waterfall: Waterfall, tree: TraceTree): ShortcutMap {
  const { activeNode, window, setWindow } = waterfall;
  return {
    ...spanShortcuts(address, waterfall),
    j: () => waterfall.move(1),
    k: () => waterfall.move(-1),
    c: () => address.setShowCritical(!address.showCritical),
    z: () => {
      if (waterfall.focus !== -1) address.setFocus(undefined);
      else if (activeNode !== -1) address.setFocus(spanKeyOf(tree, activeNode));
    },
    s: waterfall.foldService,
    u: waterfall.unfoldAll,
    ...Object.fromEntries(DEPTH_KEYS.map((depth) => [String(depth), () => waterfall.foldDeeper(depth - 1)])),
    '+': () => setWindow(scaleWindow(window.get(), 0.5)),
    '-': () => setWindow(scaleWindow(window.get(), 2)),
    '0': () => setWindow(WHOLE),
    Enter: () => {
      const node = waterfall.rows[waterfall.active];
      if (node !== undefined) waterfall.open(node);
    },
  };
}

/** The keys of whichever view of a trace is shown; those that have rows or a drawing of their own add the keys of these. */
export function traceShortcuts(view: TraceViewName, address: WaterfallAddress, waterfall: Waterfall, tree: TraceTree): ShortcutMap {
  if (view === 'waterfall') return waterfallShortcuts(address, waterfall, tree);
  return view === 'logs' ? detailShortcuts(address) : spanShortcuts(address, waterfall);
}
