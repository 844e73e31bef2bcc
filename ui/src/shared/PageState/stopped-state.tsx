import { useQueryClient } from '@tanstack/react-query';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../Button/button.tsx';
import { EmptyState, StateActions } from './empty-state.tsx';

interface Awaited {
  readonly isPending: boolean;
  /** What is shown is another search's answer. */
  readonly isPlaceholderData?: boolean;
  readonly fetchStatus: 'fetching' | 'paused' | 'idle';
}

/** There is no answer, and none is on its way: the reader has stopped it. Of a query that was asked for, not of one that waits for another. */
export function isStopped({ isPending, isPlaceholderData, fetchStatus }: Awaited): boolean {
  return (isPending || isPlaceholderData === true) && fetchStatus !== 'fetching';
}

/** In the place of a page's content. */
export function StoppedState() {
  const t = useTranslate();
  const runAgain = useRunAgain();
  return (
    <EmptyState title={t('state.stopped')} text={t('state.stoppedText')}>
      <StateActions>
        <Button onClick={runAgain}>{t('state.runAgain')}</Button>
      </StateActions>
    </EmptyState>
  );
}

/** The same in a line, where a part of a page would be. */
export function StoppedNote() {
  const t = useTranslate();
  const runAgain = useRunAgain();
  return (
    <>
      {t('state.stopped')}{' '}
      <Button size="small" onClick={runAgain}>
        {t('state.runAgain')}
      </Button>
    </>
  );
}

/** One stop ends all that the page waits for, so that all of it is asked for again. */
function useRunAgain(): () => void {
  const client = useQueryClient();
  return () =>
    void client.refetchQueries({
      type: 'active',
      predicate: ({ state }) => state.status === 'pending' && state.fetchStatus === 'idle',
    });
}
