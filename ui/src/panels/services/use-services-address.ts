import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type Environment, environmentUrl, parseEnvironment } from '../../logic/environment.ts';
import type { MapGrouping } from '../../logic/map-grouping.ts';
import { MAX_ZOOM, type MapZoom, MIN_ZOOM } from '../../logic/map-zoom.ts';
import type { ServiceColumn, ServiceSort, ShownState } from '../../logic/service-rows.ts';
import { DEFAULT_RANGE, type TimeRangeText } from '../../logic/time-range.ts';
import { restartClock } from '../../state/search-clock.ts';
import { parseList, writeList } from '../../state/url-state.ts';

const route = getRouteApi('/services');
/** What is looked for from the smallest. */
const PERCENT = 100;
const RISING: readonly ServiceColumn[] = ['name', 'state'];

/** What the list of services shows, as its address has it, and how to change that. */
export function useServicesAddress() {
  const url = route.useSearch();
  const navigate = useNavigate();
  const by = url.sort ?? 'state';
  const range: TimeRangeText = { from: url.from ?? DEFAULT_RANGE.from, to: url.to ?? DEFAULT_RANGE.to };
  const sort: ServiceSort = { by, descending: RISING.includes(by) ? url.dir === 'other' : url.dir !== 'other' };
  const environment = parseEnvironment(url.env);
  return {
    range,
    /** What all of it is of: when and where. */
    place: { ...range, environment },
    environment,
    sort,
    find: url.find ?? '',
    state: url.state,
    view: url.view ?? ('list' as const),
    /** Of the map: the node that it is about. */
    focus: url.focus,
    steps: Number(url.steps ?? 1),
    /** Undefined: what suits the map. */
    grouping: url.group,
    openGroups: parseList(url.open),
    isLive: url.live !== '0' && range.to === 'now',
    zoom: zoomOf(url.zoom),
    setGrouping: (group: MapGrouping) => {
      const { open: _open, ...rest } = url;
      void navigate({ to: '/services', search: { ...rest, group } });
    },
    setOpenGroups: (names: readonly string[]) => {
      const { open: _open, ...rest } = url;
      const open = writeList(names);
      void navigate({ to: '/services', search: open === undefined ? rest : { ...rest, open } });
    },
    setLive: (isLive: boolean) => {
      restartClock();
      const { live: _live, ...rest } = url;
      void navigate({ to: '/services', search: isLive ? rest : { ...rest, live: '0' }, replace: true });
    },
    /** In place of the step before, as scrolling is none. */
    setZoom: (zoom: MapZoom) => {
      const { zoom: _zoom, ...rest } = url;
      void navigate({ to: '/services', search: zoom === undefined ? rest : { ...rest, zoom: writeZoom(zoom) }, replace: true });
    },
    setView: (view: 'list' | 'map') => {
      const { view: _view, ...rest } = url;
      restartClock();
      void navigate({ to: '/services', search: view === 'list' ? rest : { ...rest, view } });
    },
    setFocus: (focus: string | undefined) => {
      const { focus: _focus, ...rest } = url;
      void navigate({ to: '/services', search: focus === undefined ? rest : { ...rest, focus } });
    },
    setSteps: (steps: number) => {
      const { steps: _steps, ...rest } = url;
      void navigate({ to: '/services', search: steps === 1 ? rest : { ...rest, steps: steps === 2 ? '2' : '3' } });
    },
    setEnvironment: (next: Environment) => {
      const { env: _env, ...rest } = url;
      void navigate({ to: '/services', search: { ...rest, ...environmentUrl(next) } });
    },
    setRange: ({ from, to }: TimeRangeText) => {
      restartClock();
      void navigate({ to: '/services', search: { ...url, from, to } });
    },
    /** A column that is sorted by already turns round. */
    setSort: (column: ServiceColumn) => {
      const { sort: _sort, dir, ...rest } = url;
      const turned = column === by && dir !== 'other' ? { dir: 'other' as const } : {};
      void navigate({ to: '/services', search: { ...rest, ...(column === 'state' ? {} : { sort: column }), ...turned } });
    },
    setState: (state: ShownState | undefined) => {
      const { state: _state, ...rest } = url;
      void navigate({ to: '/services', search: state === undefined ? rest : { ...rest, state } });
    },
    /** In place of the step before: letters are no steps to go back by. */
    setFind: (find: string) => {
      const { find: _find, ...rest } = url;
      void navigate({ to: '/services', search: find === '' ? rest : { ...rest, find }, replace: true });
    },
    clearFilter: () => {
      const { find: _find, state: _state, ...rest } = url;
      void navigate({ to: '/services', search: rest });
    },
    open: (service: string) => {
      const { from, to, env } = url;
      void navigate({
        to: '/service/$service',
        params: { service },
        search: { ...(from && { from }), ...(to && { to }), ...(env && { env }) },
      });
    },
  };
}

function zoomOf(text: string | undefined): MapZoom {
  return text === undefined || text === 'fit' ? text : Number(text) / PERCENT;
}

function writeZoom(zoom: Exclude<MapZoom, undefined>): string {
  return zoom === 'fit' ? zoom : String(Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, Math.round(zoom * PERCENT))));
}

export type ServicesAddress = ReturnType<typeof useServicesAddress>;
