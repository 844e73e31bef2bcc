import type { LogRecord } from '@threadline/collector/api';
import { Suspense, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { queryErrorOf } from '../../api/api-error.ts';
import { isOutsideSearch } from '../../logic/outside-search.ts';
import { collectSeenValues } from '../../logic/seen-values.ts';
import { withTexts } from '../../messages/load-messages.ts';
import { useTranslate } from '../../messages/translate.tsx';
import type { FilterActions } from '../../shared/Attributes/filter-actions.ts';
import { laterPart, useFetchedParts } from '../../shared/later-part.tsx';
import { SkeletonRows } from '../../shared/PageState/skeleton-rows.tsx';
import { PageTitle } from '../../shared/PageTitle/page-title.tsx';
import { SplitView } from '../../shared/SplitView/split-view.tsx';
import { useTextSelection } from '../../shared/use-text-selection.ts';
import { useWidth } from '../../shared/use-width.ts';
import { FIELD_SHARE_LIMITS, useFieldPanel } from '../../state/field-panel.ts';
import { useProvidePageSearch } from '../../state/frame-context.tsx';
import { MAX_PANEL_SHARE, MIN_PANEL_SHARE, usePanelShare } from '../../state/panel-size.ts';
import { useShortcuts } from '../../state/shortcuts.ts';
import { FieldPanel } from './field-panel.tsx';
import { LogHistogram } from './log-histogram.tsx';
import { LogResults } from './log-results.tsx';
import { useFieldSuggestions } from './use-field-suggestions.ts';
import { useLiveTail } from './use-live-tail.ts';
import { useLogPatterns } from './use-log-patterns.ts';
import { useLogAddress, useLogRecords } from './use-log-search.ts';
import { useLogStats } from './use-log-stats.ts';
import { useNextError } from './use-next-error.ts';
import { useRowSteps } from './use-row-steps.ts';

/** What the list can do without comes after it. */
const LogDetail = laterPart(async () => (await withTexts(import('./log-detail.tsx'))).LogDetail);
const LiveLogs = laterPart(async () => (await withTexts(import('./live-logs.tsx'))).LiveLogs);
const StatsView = laterPart(async () => (await withTexts(import('./stats-view.tsx'))).StatsView);
const PatternView = laterPart(async () => (await withTexts(import('./pattern-view.tsx'))).PatternView);
const LATER_PARTS = [LogDetail, LiveLogs, StatsView, PatternView];

/** Narrower than this, a row has no room for names of levels and services. */
const NARROW_PIXELS = 560;
const NO_RECORDS: readonly LogRecord[] = [];

/** Search in logs: how many when, which, and one of them in full. */
export function LogSearchPage() {
  const t = useTranslate();
  const address = useLogAddress();
  const result = useLogRecords(address);
  const patterns = useLogPatterns(address);
  const { range } = result;
  const stats = useLogStats(address);
  const { isLive, isPatterns, isStats, selected } = address;
  const isList = !isLive && !isPatterns && !isStats;
  const search = isPatterns ? patterns.search : isStats ? stats.search : result.search;
  const leadCount = isList ? result.leadCount : 0;
  // Counted from where the list began, so that it stays the same row when others come before it.
  const [activePlace, setActivePlace] = useState<number>();
  const { begin } = result.beginning;
  const keptActive = begin.place?.active;
  const isActiveKept = activePlace === undefined && isList && keptActive !== undefined;
  const active = isActiveKept
    ? result.records.findIndex(({ id }) => id === keptActive)
    : activePlace === undefined
      ? -1
      : activePlace + leadCount;
  const setActive = (index: number) => setActivePlace(index < 0 ? undefined : index - leadCount);
  const [isAtTop, setAtTop] = useState(true);
  const [topRequest, setTopRequest] = useState(0);
  const [isSavedOpen, setSavedOpen] = useState(false);
  const hasSelection = useTextSelection();
  // At a row, in a record, below the first row or with a text selected: nothing may move.
  const isHeld = active >= 0 || address.selected !== undefined || !isAtTop || hasSelection;
  const tail = useLiveTail(address.query, { isLive: address.isLive, isHeld });
  const records = isLive ? tail.live.rows : isList ? result.records : NO_RECORDS;
  const showNew = useCallback(() => {
    setActivePlace(undefined);
    setTopRequest((count) => count + 1);
    tail.showNew();
  }, [tail.showNew]);
  useEffect(() => {
    setActivePlace(undefined);
    setAtTop(true);
  }, [isLive]);
  // Another list has come: the keys are where they were when the reader left it, on the record that is open, stay on the one that they were on, or are on none.
  const list = isList ? result.search.data?.pages[0] : undefined;
  const before = useRef<{ readonly list: typeof list; readonly begin: typeof begin; readonly id: string | undefined }>(undefined);
  const activeId = records[active]?.id;
  useLayoutEffect(() => {
    const { list: listBefore, begin: beginBefore, id } = before.current ?? {};
    const isOther = list !== listBefore && id !== undefined && list !== undefined;
    before.current = { list, begin: list === listBefore ? (beginBefore ?? begin) : begin, id: isOther ? id : activeId };
    if (!isOther) return;
    if (begin !== beginBefore && begin.place !== undefined) {
      setActivePlace(undefined);
      return;
    }
    const place = [selected, id].map((one) => records.findIndex((record) => record.id === one)).find((found) => found !== -1) ?? -1;
    setActivePlace(place === -1 ? undefined : place - leadCount);
  }, [list, begin, activeId, records, leadCount, selected]);
  useEffect(() => {
    if (isLive && !isHeld) tail.showNew();
  }, [isLive, isHeld, tail.showNew]);
  useFetchedParts(LATER_PARTS, records.length > 0 || search.isSuccess);
  const [share, setShare] = usePanelShare();
  const panel = useFieldPanel();
  const [box, width] = useWidth<HTMLDivElement>();
  const narrow = width > 0 && width < NARROW_PIXELS;
  const seenValues = useMemo(() => collectSeenValues(records), [records]);
  const queryError = useMemo(() => queryErrorOf(search.error), [search.error]);
  const suggestions = useFieldSuggestions(address, { range, isCounted: panel.isOpen && (isLive || search.data !== undefined) });
  useProvidePageSearch({ target: 'logs', error: queryError, seenValues, ...suggestions });

  const open = (index: number) => {
    const record = records[index];
    if (record === undefined) return;
    setActive(index);
    address.open(record.id);
  };
  const { search: listing, back } = result;
  const isListed = records.some(({ id }) => id === selected);
  const isOther = isList && listing.isPlaceholderData;
  const move = useRowSteps({
    records,
    at: isOther && !isListed ? selected : (activeId ?? selected),
    isOther,
    mayCome: {
      before: isList && back !== undefined && !back.isError && (back.isPending || back.hasNextPage),
      behind: isList && !listing.isError && listing.hasNextPage,
    },
    onMove: selected === undefined ? setActive : open,
  });
  const showInList = (record: LogRecord, query?: string) => {
    setActivePlace(0);
    address.showInList(record, { range, query });
  };
  const nextError = useNextError({ address, result, records, active, isList, onOpen: open, onShow: showInList });
  useShortcuts({
    ...((isLive || isList) && { j: () => move(1), k: () => move(-1), e: nextError }),
    f: () => panel.setOpen(!panel.isOpen),
    l: () => address.setLive(!isLive),
    p: () => address.setPatterns(!isPatterns),
    s: () => address.setStats(!isStats),
    b: () => setSavedOpen(true),
    w: () => address.setWrapped(!address.isWrapped),
    n: () => isLive && showNew(),
    Enter: () => open(active),
    Escape: () => {
      if (address.selected !== undefined) address.open(undefined);
      else if (isLive) showNew();
    },
  });
  const actions: FilterActions = { onFilter: address.filter, columns: { shown: address.columnKeys, onToggle: address.toggleColumn } };
  /** Of a list that is of this search, not of the one before. */
  const isListKnown = range !== undefined && isList && listing.isSuccess && !isOther;
  const isOutside = (record: LogRecord): boolean =>
    isListKnown &&
    isOutsideSearch(record, {
      records,
      order: address.order,
      range,
      hasBegin: back === undefined || (back.isSuccess && !back.hasNextPage),
      hasEnd: !listing.hasNextPage,
    });
  return (
    <>
      <PageTitle title={t('rail.logs')} />
      {range && (
        <LogHistogram
          address={address}
          range={range}
          live={tail.live}
          records={records}
          panel={panel}
          isSavedOpen={isSavedOpen}
          onSavedOpen={setSavedOpen}
        />
      )}
      <SplitView
        share={share}
        onShare={setShare}
        shareLimits={{ min: MIN_PANEL_SHARE, max: MAX_PANEL_SHARE }}
        detailLabel={t('record.title')}
        resizeLabel={t('detail.resize')}
        detail={
          selected === undefined ? undefined : (
            <Suspense fallback={<SkeletonRows columns={[120]} />}>
              <LogDetail
                id={selected}
                listed={records.find((record) => record.id === selected)}
                actions={actions}
                onOpen={address.open}
                onShowInList={showInList}
                isListed={isListed}
                isOutside={isOutside}
                onClose={() => address.open(undefined)}
              />
            </Suspense>
          )
        }
      >
        <SplitView
          side="start"
          share={panel.share}
          onShare={panel.setShare}
          shareLimits={FIELD_SHARE_LIMITS}
          detailLabel={t('fields.title')}
          resizeLabel={t('fields.resize')}
          detail={
            panel.isOpen && range ? (
              <FieldPanel
                address={address}
                range={range}
                live={tail.live}
                panel={panel}
                list={isLive || search.data !== undefined ? 'here' : search.isFetching ? 'awaited' : 'absent'}
              />
            ) : undefined
          }
        >
          <div ref={box} />
          <Suspense fallback={<SkeletonRows columns={[84, 60, 120]} />}>
            {isLive ? (
              <LiveLogs
                address={address}
                tail={tail}
                active={active}
                onActive={setActive}
                onTop={setAtTop}
                topRequest={topRequest}
                onShowNew={showNew}
                narrow={narrow}
              />
            ) : isPatterns ? (
              <PatternView address={address} patterns={patterns} />
            ) : isStats ? (
              <StatsView address={address} stats={stats} />
            ) : (
              <LogResults
                address={address}
                result={result}
                active={active}
                isActiveKept={isActiveKept}
                onActive={setActive}
                narrow={narrow}
              />
            )}
          </Suspense>
        </SplitView>
      </SplitView>
    </>
  );
}
