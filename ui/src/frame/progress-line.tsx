import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { MessageKey } from '../messages/english.ts';
import { useTranslate } from '../messages/translate.tsx';
import { IconButton } from '../shared/Button/button.tsx';
import styles from './frame.module.css';

/** Shorter waits are not shown: a flash says nothing. */
const SHOW_AFTER_MILLIS = 300;
/** From here on it is said what is waited for. */
const EXPLAIN_AFTER_MILLIS = 3_000;
const TICK_MILLIS = 100;

/** Names of what is read, by the first part of a query's key. */
const READING: Readonly<Record<string, MessageKey>> = {
  logs: 'reading.logs',
  histogram: 'reading.histogram',
  logFields: 'reading.fields',
  logFieldValues: 'reading.fields',
  logContext: 'reading.context',
  errors: 'reading.errors',
  error: 'reading.errors',
  traces: 'reading.traces',
  trace: 'reading.trace',
  flow: 'reading.flow',
};

/** A thin line while the page waits for the collector, and a button that ends the wait, on the collector too. */
export function ProgressLine() {
  const t = useTranslate();
  const client = useQueryClient();
  // The status is asked for by itself: nobody waits for it.
  const isFetching = useIsFetching({ predicate: ({ queryKey }) => queryKey[0] !== 'status' }) > 0;
  const waited = useElapsed(isFetching);
  if (!isFetching || waited < SHOW_AFTER_MILLIS) return null;
  const kind = client.getQueryCache().findAll({ fetchStatus: 'fetching', predicate: ({ queryKey }) => String(queryKey[0]) in READING })[0]
    ?.queryKey[0];
  const reading = t(READING[String(kind)] ?? 'reading.other');
  return (
    <>
      <div className={styles.progress} role="progressbar" aria-label={reading}>
        <div className={styles.progressRunner} />
      </div>
      <div className={styles.progressNote}>
        {waited >= EXPLAIN_AFTER_MILLIS && <span>{t('reading.since', { reading, seconds: Math.floor(waited / 1000) })}</span>}
        <IconButton icon="stop" label={t('reading.stop')} size="small" onClick={() => void client.cancelQueries()} />
      </div>
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
