import { scaleWindow, WHOLE } from '../../logic/time-window.ts';
import { spanIdOf, type TraceTree } from '../../logic/trace-tree.ts';
import type { ShortcutMap } from '../../state/shortcuts.ts';
import type { Waterfall } from './use-waterfall.ts';
import type { WaterfallAddress } from './waterfall-address.ts';

const DEPTH_KEYS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Keys that every view of a trace has. */
export function traceShortcuts(address: WaterfallAddress, waterfall: Waterfall): ShortcutMap {
  return {
    e: waterfall.openNextError,
    n: () => waterfall.openNextFound(1),
    N: () => waterfall.openNextFound(-1),
    Escape: () => address.isOpen && address.close(),
  };
}

/** Those, and the keys of the waterfall's rows and time axis. */
export function waterfallShortcuts(address: WaterfallAddress, waterfall: Waterfall, tree: TraceTree): ShortcutMap {
  const { activeNode, window, setWindow } = waterfall;
  return {
    ...traceShortcuts(address, waterfall),
    j: () => waterfall.move(1),
    k: () => waterfall.move(-1),
    c: () => address.setShowCritical(!address.showCritical),
    z: () => {
      if (waterfall.focus !== -1) address.setFocus(undefined);
      else if (activeNode !== -1) address.setFocus(spanIdOf(tree, activeNode));
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
