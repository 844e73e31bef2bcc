import { getRouteApi } from '@tanstack/react-router';
import type { TraceUrl } from '../../state/url-state.ts';

const route = getRouteApi('/trace/$traceId');

/** The trace that is shown, what is open in it, and the ways to change that. */
export function useTraceAddress() {
  const { traceId } = route.useParams();
  const url = route.useSearch();
  const navigate = route.useNavigate();
  /** Moving about in one trace leaves no trail of its own: back leads to where the trace was opened from. */
  const update = (change: { readonly [Key in keyof TraceUrl]: TraceUrl[Key] | undefined }, replace: boolean) =>
    void navigate({ search: (before) => ({ ...before, ...change }) as TraceUrl, replace });
  return {
    traceId,
    spanId: url.span,
    logId: url.log,
    view: url.view ?? ('waterfall' as const),
    showLogs: url.logs !== '0',
    isOpen: url.span !== undefined || url.log !== undefined,
    openSpan: (span: string) => update({ span, log: undefined }, url.span !== undefined || url.log !== undefined),
    openLog: (log: string) => update({ log, span: undefined }, url.span !== undefined || url.log !== undefined),
    close: () => update({ span: undefined, log: undefined }, false),
    setView: (view: 'waterfall' | 'logs') => update({ view: view === 'waterfall' ? undefined : view }, false),
    setShowLogs: (show: boolean) => update({ logs: show ? undefined : '0' }, true),
  };
}

export type TraceAddress = ReturnType<typeof useTraceAddress>;
