import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { ErrorOrder } from '@threadline/collector/api';
import { type Environment, environmentUrl, parseEnvironment } from '../../logic/environment.ts';
import { DEFAULT_RANGE, type TimeRangeText } from '../../logic/time-range.ts';
import { restartClock } from '../../state/search-clock.ts';

const route = getRouteApi('/errors');

/** What the page of errors shows, as its address has it, and how to change that. */
export function useErrorsAddress() {
  const url = route.useSearch();
  const navigate = useNavigate();
  const range: TimeRangeText = { from: url.from ?? DEFAULT_RANGE.from, to: url.to ?? DEFAULT_RANGE.to };
  const environment = parseEnvironment(url.env);
  return {
    range,
    /** What all of it is of: when and where. */
    place: { ...range, environment },
    environment,
    order: url.sort ?? ('count' as const),
    service: url.service,
    open: url.sel,
    setEnvironment: (next: Environment) => {
      const { env: _env, sel: _sel, ...rest } = url;
      void navigate({ to: '/errors', search: { ...rest, ...environmentUrl(next) } });
    },
    setRange: ({ from, to }: TimeRangeText) => {
      restartClock();
      void navigate({ to: '/errors', search: { ...url, from, to } });
    },
    setService: (service: string) => {
      const { service: _service, sel: _sel, ...rest } = url;
      void navigate({ to: '/errors', search: service === '' ? rest : { ...rest, service } });
    },
    setOrder: (order: ErrorOrder) => {
      const { sort: _before, ...rest } = url;
      void navigate({ to: '/errors', search: order === 'count' ? rest : { ...rest, sort: order } });
    },
    setOpen: (sel: string | undefined) => {
      const { sel: _before, ...rest } = url;
      void navigate({ to: '/errors', search: sel === undefined ? rest : { ...rest, sel } });
    },
  };
}

export type ErrorsAddress = ReturnType<typeof useErrorsAddress>;
