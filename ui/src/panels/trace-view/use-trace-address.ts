import { getRouteApi } from '@tanstack/react-router';
import type { TraceUrl, TraceViewName } from '../../state/url-state.ts';

const route = getRouteApi('/trace/$traceId');

/** The trace that is shown, what is open in it, and the ways to change that. */
export function useTraceAddress() {
  const { traceId } = route.useParams();
  const url = route.useSearch();
  const navigate = route.useNavigate();
  /** Moving about in one trace leaves no trail of its own: back leads to where the trace was opened from. */
  const update = (change: { readonly [Key in keyof TraceUrl]: TraceUrl[Key] | undefined }, replace: boolean) =>
    void navigate({ search: (before) => ({ ...before, ...change }) as TraceUrl, replace });
  const isOpen = url.span !== undefined || url.log !== undefined;
  return {
    traceId,
    spanId: url.span,
    logId: url.log,
    view: url.view ?? ('waterfall' as const),
    showLogs: url.logs !== '0',
    showCritical: url.critical !== '0',
    foldRepeats: url.repeats !== '0',
    find: url.find ?? '',
    onlyFound: url.only === '1',
    focusId: url.focus,
    isOpen,
    openSpan: (span: string) => update({ span, log: undefined }, isOpen),
    openLog: (log: string) => update({ log, span: undefined }, isOpen),
    close: () => update({ span: undefined, log: undefined }, false),
    setView: (view: TraceViewName) => update({ view: view === 'waterfall' ? undefined : view }, false),
    setShowLogs: (show: boolean) => update({ logs: show ? undefined : '0' }, true),
    setShowCritical: (show: boolean) => update({ critical: show ? undefined : '0' }, true),
    setFoldRepeats: (fold: boolean) => update({ repeats: fold ? undefined : '0' }, true),
    setFind: (find: string) => update(find === '' ? { find: undefined, only: undefined } : { find }, true),
    setOnlyFound: (only: boolean) => update({ only: only ? '1' : undefined }, true),
    setFocus: (focus: string | undefined) => update({ focus }, false),
  };
}

export type TraceAddress = ReturnType<typeof useTraceAddress>;
