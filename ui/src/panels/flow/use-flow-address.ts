import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { FlowUrl, FlowViewName } from '../../state/url-state.ts';

const route = getRouteApi('/flow/$correlationId');

/** The flow that is shown, how, and what is open in it. */
export function useFlowAddress() {
  const { correlationId } = route.useParams();
  const { sel, view = 'timeline', loops, clocks } = route.useSearch();
  const navigate = route.useNavigate();
  const go = (change: { readonly [Key in keyof FlowUrl]: FlowUrl[Key] | undefined }, replace: boolean) =>
    void navigate({ search: (before) => ({ ...before, ...change }) as FlowUrl, replace });
  const openLoops = useMemo(() => loops?.split(',').filter(Boolean) ?? [], [loops]);
  return {
    correlationId,
    selected: sel,
    view,
    /** The loops of the sequence that are unfolded. */
    loops: {
      ids: openLoops,
      onChange: (ids: readonly string[]) => go({ loops: ids.length === 0 ? undefined : ids.join(',') }, true),
    },
    correctClocks: clocks === '1',
    setCorrectClocks: (isCorrected: boolean) => go({ clocks: isCorrected ? '1' : undefined }, true),
    /** Moving about in one flow leaves no trail of its own. */
    open: (id: string) => go({ sel: id }, sel !== undefined),
    close: () => go({ sel: undefined }, false),
    setView: (next: FlowViewName) => go({ view: next === 'timeline' ? undefined : next }, false),
  };
}

export type FlowAddress = ReturnType<typeof useFlowAddress>;
