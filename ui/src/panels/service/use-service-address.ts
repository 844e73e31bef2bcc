import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { DEFAULT_RANGE, type TimeRangeText } from '../../logic/time-range.ts';
import { restartClock } from '../../state/search-clock.ts';

const route = getRouteApi('/service/$service');

/** What the page of a service shows, as its address has it, and how to change that. */
export function useServiceAddress() {
  const url = route.useSearch();
  const { service } = route.useParams();
  const navigate = useNavigate();
  const range: TimeRangeText = { from: url.from ?? DEFAULT_RANGE.from, to: url.to ?? DEFAULT_RANGE.to };
  return {
    service,
    range,
    open: url.sel,
    setRange: ({ from, to }: TimeRangeText) => {
      restartClock();
      void navigate({ to: '/service/$service', params: { service }, search: { ...url, from, to } });
    },
    setOpen: (sel: string | undefined) => {
      const { sel: _before, ...rest } = url;
      void navigate({ to: '/service/$service', params: { service }, search: sel === undefined ? rest : { ...rest, sel } });
    },
  };
}

export type ServiceAddress = ReturnType<typeof useServiceAddress>;
