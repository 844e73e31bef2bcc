import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { servicesQuery } from '../api/queries.ts';
import type { TimeRangeText } from '../logic/time-range.ts';
import { useTranslate } from '../messages/translate.tsx';
import { IconButton } from '../shared/Button/button.tsx';
import { QueryBar } from '../shared/QueryBar/query-bar.tsx';
import { TimeRangePicker } from '../shared/TimeRangePicker/time-range-picker.tsx';
import { useFrameSearch } from '../state/frame-context.tsx';
import type { CurrentSearch } from '../state/last-search.ts';
import { useQueryHistory } from '../state/query-history.ts';
import { useClock } from '../state/search-clock.ts';
import styles from './frame.module.css';
import { ProgressLine } from './progress-line.tsx';

interface TopBarProps {
  readonly search: CurrentSearch;
  /** The page is a list of what the query finds. */
  readonly isList: boolean;
  /** The query is about what the page shows. Elsewhere the bar is empty, and the query is kept for the lists. */
  readonly hasQuery: boolean;
  readonly focusRequest: number;
  readonly timeOpen: boolean;
  readonly onTimeOpen: (open: boolean) => void;
  readonly onQuery: (query: string) => void;
  readonly onRange: (range: TimeRangeText) => void;
  readonly onRefresh: () => void;
  readonly onCopyLink: () => void;
}

/** Query and time range, the same on every page that they are for. */
export function TopBar(props: TopBarProps) {
  const t = useTranslate();
  const page = useFrameSearch();
  const services = useQuery(servicesQuery()).data?.services;
  const serviceNames = useMemo(() => services?.map((service) => service.name) ?? [], [services]);
  return (
    <header className={styles.bar}>
      <QueryBar
        value={props.hasQuery ? props.search.query : ''}
        target={page.target}
        isAsked={props.isList}
        serverError={page.error}
        seenValues={page.seenValues}
        services={serviceNames}
        rangeFields={page.rangeFields}
        loadValues={page.loadValues}
        history={useQueryHistory()}
        focusRequest={props.focusRequest}
        onSubmit={props.onQuery}
      />
      <TimeRangePicker
        value={props.search}
        nowMillis={useClock()}
        open={props.timeOpen}
        onOpenChange={props.onTimeOpen}
        onChange={props.onRange}
      />
      <IconButton icon="link" look="plain" label={t('bar.copyLink')} onClick={props.onCopyLink} />
      <ProgressLine onRefresh={props.onRefresh} />
    </header>
  );
}
