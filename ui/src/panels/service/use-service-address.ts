import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type Environment, environmentUrl, parseEnvironment } from '../../logic/environment.ts';
import { DEFAULT_RANGE, type TimeRangeText } from '../../logic/time-range.ts';
import { restartClock } from '../../state/search-clock.ts';

const route = getRouteApi('/service/$service');

/** What the page of a service shows, as its address has it, and how to change that. */
export function useServiceAddress() {
  const url = route.useSearch();
  const { service } = route.useParams();
  const navigate = useNavigate();
  const range: TimeRangeText = { from: url.from ?? DEFAULT_RANGE.from, to: url.to ?? DEFAULT_RANGE.to };
  const environment = parseEnvironment(url.env);
  return {
    service,
    range,
    /** What all of it is of: when and where. */
    place: { ...range, environment },
    environment,
    open: url.sel,
    setEnvironment: (next: Environment) => {
      const { env: _env, sel: _sel, ...rest } = url;
      void navigate({ to: '/service/$service', params: { service }, search: { ...rest, ...environmentUrl(next) } });
    },
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
