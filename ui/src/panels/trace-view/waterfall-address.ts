import type { FoldStep } from '../../logic/fold-steps.ts';
import type { SpanGroup } from './use-trace-address.ts';

/** What a waterfall shows and what is open in it: kept in the page's address, or by the page of a shared file. */
export interface WaterfallAddress {
  readonly traceId: string;
  /** The key of a span, as wherever one is named here: see `logic/span-key.ts`. */
  readonly spanId: string | undefined;
  readonly logId: string | undefined;
  readonly isOpen: boolean;
  readonly openSpan: (spanId: string) => void;
  readonly openLog: (logId: string) => void;
  readonly close: () => void;
  readonly showLogs: boolean;
  readonly setShowLogs: (show: boolean) => void;
  readonly showCritical: boolean;
  readonly setShowCritical: (show: boolean) => void;
  readonly foldRepeats: boolean;
  readonly setFoldRepeats: (fold: boolean) => void;
  readonly find: string;
  readonly setFind: (find: string) => void;
  readonly onlyFound: boolean;
  readonly setOnlyFound: (only: boolean) => void;
  /** The span whose subtree is shown alone. */
  readonly focusId: string | undefined;
  readonly setFocus: (spanId: string | undefined) => void;
  /** The part of the time axis that was chosen for what is shown: see `logic/time-window.ts`. */
  readonly zoom: string | undefined;
  readonly setZoom: (zoom: string | undefined) => void;
  /** What has been folded, in order. */
  readonly foldSteps: readonly FoldStep[];
  readonly changeFoldSteps: (next: (before: readonly FoldStep[]) => readonly FoldStep[]) => void;
  /** Where spans can be chosen by their service or operation. */
  readonly group?: SpanGroup | undefined;
  readonly clearGroup?: () => void;
}
