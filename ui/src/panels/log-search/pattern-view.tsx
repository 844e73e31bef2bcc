import type { LogPatternsAnswer } from '@threadline/collector/api';
import { useRef } from 'react';
import { describeFailure } from '../../api/describe-failure.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { Choice } from '../../shared/Choice/choice.tsx';
import { AnswerNotesBar } from '../../shared/PageState/answer-notes.tsx';
import { SearchState } from '../../shared/PageState/search-state.tsx';
import { useButtonKeys } from '../../state/button-keys.ts';
import { NoLogs } from './no-logs.tsx';
import { PatternRow } from './pattern-row.tsx';
import styles from './patterns.module.css';
import type { LogPatterns } from './use-log-patterns.ts';
import type { LogAddress } from './use-log-search.ts';

interface PatternViewProps {
  readonly address: LogAddress;
  readonly patterns: LogPatterns;
}

/** The records of the search folded by what their messages have in common, or what stands in its place. */
export function PatternView({ address, patterns }: PatternViewProps) {
  const t = useTranslate();
  const { search, range } = patterns;
  const { data } = search;
  return (
    <SearchState
      search={search}
      isRangeValid={range !== undefined}
      address={address}
      failure={search.error && data === undefined ? describeFailure(search.error, t) : undefined}
      failedTitle={t('patterns.failed')}
      skeletonColumns={[110, 120]}
    >
      {data && range && (
        <>
          <AnswerNotesBar answers={[data]} />
          {data.patterns.length === 0 ? (
            <NoLogs address={address} range={range} />
          ) : (
            <PatternList answer={data} address={address} patterns={patterns} />
          )}
        </>
      )}
    </SearchState>
  );
}

function PatternList({ answer, address, patterns }: PatternViewProps & { readonly answer: LogPatternsAnswer }) {
  const t = useTranslate();
  const format = useFormat();
  const list = useRef<HTMLOListElement>(null);
  useButtonKeys(list, '[data-pattern]');
  const { patternCount, total } = answer;
  return (
    <section className={styles.view} aria-label={t('patterns.title')}>
      <div className={styles.head}>
        <span className={styles.summary} aria-live="polite">
          {t('patterns.summary', {
            count: patternCount,
            shown: format.number(patternCount),
            total,
            shownTotal: format.number(total),
          })}
        </span>
        <Choice
          legend={t('patterns.order')}
          isLegendHidden
          options={[
            { value: 'count', label: t('patterns.mostFirst') },
            { value: 'rare', label: t('patterns.rareFirst') },
          ]}
          value={address.rank}
          onChange={address.setRank}
        />
      </div>
      <ol ref={list} className={styles.list} aria-label={t('patterns.title')} data-stale={patterns.search.isPlaceholderData} tabIndex={0}>
        {answer.patterns.map((pattern) => (
          <PatternRow key={pattern.id} pattern={pattern} buckets={answer.buckets} address={address} />
        ))}
        {patterns.more && (
          <li className={styles.more}>
            <Button size="small" onClick={patterns.more}>
              {t('patterns.more')}
            </Button>
          </li>
        )}
        {patterns.isCut && <li className={styles.more}>{t('patterns.cut', { shown: format.number(answer.patterns.length) })}</li>}
      </ol>
    </section>
  );
}
