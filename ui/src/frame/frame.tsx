import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Outlet, useLocation, useNavigate, useParams } from '@tanstack/react-router';
import { Suspense, useEffect, useMemo, useState } from 'react';
import { servicesQuery } from '../api/queries.ts';
import { absoluteRange, resolveRange, shiftRange, type TimeRangeText } from '../logic/time-range.ts';
import { withTexts } from '../messages/load-messages.ts';
import { useTranslate } from '../messages/translate.tsx';
import { laterPart } from '../shared/later-part.tsx';
import { Notice } from '../shared/Notice/notice.tsx';
import { copyWithNotice } from '../shared/Notice/notice-text.ts';
import { ServiceHuesProvider } from '../shared/ServiceName/service-hues.tsx';
import { useKeptFocus } from '../state/kept-focus.ts';
import {
  type CurrentSearch,
  placeUrl,
  rangeUrl,
  rememberPlace,
  rememberSearch,
  searchUrl,
  useCurrentPlace,
  useCurrentSearch,
} from '../state/last-search.ts';
import { newLogsUrl } from '../state/log-look.ts';
import { permalink } from '../state/permalink.ts';
import { recordQuery } from '../state/query-history.ts';
import { readingPlace } from '../state/reading-place.ts';
import { clockNow, refreshClock, restartClock } from '../state/search-clock.ts';
import { useShortcuts } from '../state/shortcuts.ts';
import { parseErrorsUrl, parseServicesUrl, parseServiceUrl } from '../state/url-state.ts';
import { CollectorBanner } from './collector-banner.tsx';
import styles from './frame.module.css';
import { Rail } from './rail.tsx';
import { ReadKey } from './read-key.tsx';
import { isOfQuery, isOfRange, sectionOf, targetOf } from './section.ts';
import { StaleNotice } from './stale-notice.tsx';
import { TopBar } from './top-bar.tsx';
import { useHealing } from './use-healing.ts';
import { usePageTitle } from './use-page-title.ts';

/** Only where it is asked for. */
const PageShortcutsDialog = laterPart(async () => (await withTexts(import('./page-shortcuts-dialog.tsx'))).PageShortcutsDialog);

/** What is around every page: rail, top bar, dialogs, and the keys that work everywhere. */
export function Frame() {
  const t = useTranslate();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { pathname, search: address } = useLocation();
  const { service } = useParams({ strict: false });
  const section = sectionOf(pathname);
  usePageTitle(section);
  useKeptFocus();
  useHealing();
  const target = targetOf(pathname);
  const current = useCurrentSearch(target);
  const currentPlace = useCurrentPlace();
  const ofLogs = searchUrl(useCurrentSearch('logs'));
  const ofSpans = searchUrl(useCurrentSearch('spans'));
  const [focusRequest, setFocusRequest] = useState(0);
  const [timeOpen, setTimeOpen] = useState(false);
  const [keysOpen, setKeysOpen] = useState(false);
  const services = useQuery(servicesQuery()).data?.services;
  const serviceNames = useMemo(() => services?.map((service) => service.name) ?? [], [services]);
  useEffect(() => {
    if (isList(pathname)) rememberSearch(target, address);
    else if (isOfRange(pathname)) rememberPlace(address);
  }, [pathname, target, address]);

  /** On a list the rest of its address stays; from any other page the search leads to a list. */
  const go = (change: Partial<CurrentSearch>) => {
    restartClock();
    const next = searchUrl({ ...current, ...change });
    const { q, from, to, sel, at, ...stays } = isList(pathname) ? address : {};
    rememberSearch(target, next);
    // A place in a list of traces is one of this search alone, one among records is a time.
    const place = at !== undefined && pathname === '/logs' ? { at } : {};
    void navigate({ to: listOf(pathname), search: { ...stays, ...place, ...next } });
  };
  /** Pages that a range is for, and no query, stay where they are when it changes. */
  const goToRange = (range: TimeRangeText) => {
    if (!isOfRange(pathname)) return go(range);
    restartClock();
    const next = rangeUrl(range);
    if (service !== undefined) {
      const { from, to, ...stays } = parseServiceUrl(address);
      void navigate({ to: '/service/$service', params: { service }, search: { ...stays, ...next } });
    } else if (section === 'services') {
      const { from, to, ...stays } = parseServicesUrl(address);
      void navigate({ to: '/services', search: { ...stays, ...next } });
    } else {
      const { from, to, ...stays } = parseErrorsUrl(address);
      void navigate({ to: '/errors', search: { ...stays, ...next } });
    }
  };
  const setQuery = (query: string) => {
    recordQuery(query);
    go({ query });
  };
  const shift = (direction: -1 | 1) => {
    const range = resolveRange(current, clockNow());
    if (range !== undefined) goToRange(absoluteRange(shiftRange(range, direction)));
  };
  const refresh = () => {
    // A range that ends now is a new one by now and is asked for anyway.
    const isNew = current.to.startsWith('now') || current.from.startsWith('now');
    if (isNew) refreshClock();
    else restartClock();
    void client.invalidateQueries({ predicate: ({ queryKey: [kind] }) => kind !== 'log' && !(isNew && BY_RANGE.includes(String(kind))) });
  };
  const copyLink = () => copyWithNotice(permalink(location.href, clockNow(), readingPlace()), t, 'copy.link');
  useShortcuts({
    '/': () => setFocusRequest((count) => count + 1),
    t: () => setTimeOpen(true),
    r: refresh,
    '?': () => setKeysOpen(true),
    y: copyLink,
    '[': () => shift(-1),
    ']': () => shift(1),
    'g l': () => void navigate({ to: '/logs', search: newLogsUrl(ofLogs) }),
    'g t': () => void navigate({ to: '/traces', search: ofSpans }),
    'g f': () => void navigate({ to: '/flows', search: ofLogs }),
    'g s': () => void navigate({ to: '/services', search: placeUrl(currentPlace) }),
    'g e': () => void navigate({ to: '/errors', search: placeUrl(currentPlace) }),
    'g h': () => void navigate({ to: '/status' }),
  });
  return (
    <ServiceHuesProvider names={serviceNames}>
      <div className={styles.frame}>
        <a className={styles.skip} href="#page">
          {t('frame.skip')}
        </a>
        <Rail section={section} />
        <TopBar
          search={current}
          isList={isList(pathname)}
          hasQuery={isOfQuery(pathname)}
          focusRequest={focusRequest}
          timeOpen={timeOpen}
          onTimeOpen={setTimeOpen}
          onQuery={setQuery}
          onRange={goToRange}
          onRefresh={refresh}
          onCopyLink={copyLink}
        />
        <div className={styles.banners}>
          <CollectorBanner />
          <StaleNotice onRefresh={refresh} />
        </div>
        <main id="page" className={styles.page} tabIndex={-1}>
          <Outlet />
        </main>
        {keysOpen && (
          <Suspense>
            <PageShortcutsDialog onClose={() => setKeysOpen(false)} />
          </Suspense>
        )}
        <ReadKey />
        <Notice />
      </div>
    </ServiceHuesProvider>
  );
}

/** Kinds of queries whose key holds the range. */
const BY_RANGE = [
  'logs',
  'logFields',
  'logFieldValues',
  'logPatterns',
  'logStats',
  'histogram',
  'traces',
  'serviceMap',
  'serviceFigures',
  'errors',
  'error',
];

/** Pages whose address holds a search. */
function isList(pathname: string): boolean {
  return pathname === '/logs' || pathname === '/traces' || pathname === '/flows';
}

/** The page that shows what a search finds: this one, or from a trace the traces, from a flow the logs. */
function listOf(pathname: string): '/logs' | '/traces' | '/flows' {
  if (pathname === '/flows') return '/flows';
  return sectionOf(pathname) === 'traces' ? '/traces' : '/logs';
}
