import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { MessageKey } from '../messages/english.ts';
import { useTranslate } from '../messages/translate.tsx';
import { IconButton } from '../shared/Button/button.tsx';
import styles from './frame.module.css';
import { isAwaited } from './query-kinds.ts';

/** Shorter waits are not shown: a flash says nothing. */
const SHOW_AFTER_MILLIS = 300;
/** From here on it is said what is waited for. */
const EXPLAIN_AFTER_MILLIS = 3_000;
const TICK_MILLIS = 100;

/** Names of what is read, by the first part of a query's key; what the page is about comes first. */
const READING: Readonly<Record<string, MessageKey>> = {
  logs: 'reading.logs',
  logPatterns: 'reading.patterns',
  logStats: 'reading.histogram',
  traces: 'reading.traces',
  trace: 'reading.trace',
  flow: 'reading.flow',
  serviceMap: 'reading.services',
  serviceFigures: 'reading.services',
  errors: 'reading.errors',
  error: 'reading.errors',
  status: 'reading.status',
  histogram: 'reading.histogram',
  logFields: 'reading.fields',
  logFieldValues: 'reading.fields',
  logContext: 'reading.context',
  tracePeers: 'reading.healthy',
  tracePeer: 'reading.healthy',
};
const KINDS = Object.keys(READING);

/**
 * While the page waits for the collector: a thin line, after a while what is waited for, and in the place of the refresh button one that ends the wait, on
 * the collector too. Nothing that is on the page moves or is covered.
 */
export function ProgressLine({ onRefresh }: { readonly onRefresh: () => void }) {
  const t = useTranslate();
  const client = useQueryClient();
  const isFetching = useIsFetching({ predicate: isAwaited }) > 0;
  const waited = useElapsed(isFetching);
  if (!isFetching || waited < SHOW_AFTER_MILLIS)
    return <IconButton icon="refresh" look="plain" label={t('bar.refresh')} onClick={onRefresh} />;
  const fetching = client.getQueryCache().findAll({ fetchStatus: 'fetching', predicate: isAwaited });
  const kind = KINDS.find((known) => fetching.some(({ queryKey }) => queryKey[0] === known));
  const reading = t(READING[String(kind)] ?? 'reading.other');
  return (
    <>
      <IconButton icon="stop" look="plain" label={t('reading.stop')} onClick={() => void client.cancelQueries({ predicate: isAwaited })} />
      <div className={styles.progress} role="progressbar" aria-label={reading}>
        <div className={styles.progressRunner} />
      </div>
      {waited >= EXPLAIN_AFTER_MILLIS && (
        <p className={styles.progressNote}>{t('reading.since', { reading, seconds: Math.floor(waited / 1000) })}</p>
      )}
    </>
  );
}

/** Milliseconds since `running` became true. */
function useElapsed(running: boolean): number {
  const [elapsed, setElapsed] = useState(0);
  useEffect(() => {
    if (!running) return;
    const start = performance.now();
    setElapsed(0);
    const timer = setInterval(() => setElapsed(performance.now() - start), TICK_MILLIS);
    return () => clearInterval(timer);
  }, [running]);
  return elapsed;
}
