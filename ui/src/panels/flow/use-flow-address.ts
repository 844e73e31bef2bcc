import { getRouteApi } from '@tanstack/react-router';

const route = getRouteApi('/flow/$correlationId');

/** The flow that is shown and what is open in it. */
export function useFlowAddress() {
  const { correlationId } = route.useParams();
  const { sel } = route.useSearch();
  const navigate = route.useNavigate();
  return {
    correlationId,
    selected: sel,
    /** Moving about in one flow leaves no trail of its own. */
    open: (id: string) => void navigate({ search: { sel: id }, replace: sel !== undefined }),
    close: () => void navigate({ search: {} }),
  };
}

export type FlowAddress = ReturnType<typeof useFlowAddress>;
