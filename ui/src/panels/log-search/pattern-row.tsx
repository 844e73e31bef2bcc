import type { LogPattern, LogPatternsAnswer } from '@threadline/collector/api';
import { showControls } from '../../logic/control-characters.ts';
import { patternFilter, patternLevels, patternName } from '../../logic/pattern-text.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { IconButton } from '../../shared/Button/button.tsx';
import { LevelMark } from '../../shared/LevelMark/level-mark.tsx';
import { WILDCARD_NAMES } from '../../shared/PatternParts/pattern-parts.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { Trend } from '../../shared/Trend/trend.tsx';
import { PatternText } from './pattern-text.tsx';
import styles from './patterns.module.css';
import type { LogAddress } from './use-log-search.ts';

/** Names of more services are counted. */
const SHOWN_SERVICES = 2;
const SHOWN_EXAMPLE_CHARACTERS = 300;

interface PatternRowProps {
  readonly pattern: LogPattern;
  readonly buckets: LogPatternsAnswer['buckets'];
  readonly address: LogAddress;
}

/** One pattern: how many and when, what it is, and from whom. A click shows its records; beside it is the way to leave them out. */
export function PatternRow({ pattern, buckets, address }: PatternRowProps) {
  const t = useTranslate();
  const format = useFormat();
  const { id, parts, count, share, trend, levels, services, example } = pattern;
  // What is heard is what is seen.
  const name = showControls(patternName(parts, (wildcard) => t(WILDCARD_NAMES[wildcard]))) || id;
  const others = services.slice(SHOWN_SERVICES);
  return (
    <li className={styles.row}>
      <div className={styles.figures}>
        <span className={styles.count}>{format.number(count)}</span>
        <span className={styles.share}>{format.percent(share)}</span>
        <span className={styles.bar} aria-hidden="true">
          <span className={styles.fill} style={{ width: `${Math.min(100, share * 100)}%` }} />
        </span>
      </div>
      <Trend trend={trend} buckets={buckets} className={styles.trend} />
      <div className={styles.what}>
        <button
          type="button"
          className={styles.pattern}
          data-pattern={id}
          title={t('patterns.show')}
          aria-label={t('patterns.showNamed', { pattern: name })}
          onClick={() => address.showPattern(id)}
        >
          <PatternText pattern={pattern} />
        </button>
        <div className={styles.from}>
          {patternLevels(levels).map(({ level, count: own }) => (
            <span key={level} className={styles.level} title={`${level} ${format.number(own)}`}>
              <LevelMark level={level} />
              {own < count && format.number(own)}
            </span>
          ))}
          {services.slice(0, SHOWN_SERVICES).map((service) => (
            <ServiceName key={service.name} name={service.name} />
          ))}
          {others.length > 0 && (
            <span title={others.map((service) => service.name).join(', ')}>{t('patterns.moreServices', { count: others.length })}</span>
          )}
          {example.id !== '' && (
            <button type="button" className={styles.example} title={t('patterns.openExample')} onClick={() => address.open(example.id)}>
              {example.message === '' ? t('patterns.openExample') : showControls(example.message.slice(0, SHOWN_EXAMPLE_CHARACTERS))}
            </button>
          )}
        </div>
      </div>
      <IconButton
        icon="exclude"
        size="small"
        className={styles.exclude ?? ''}
        label={t('patterns.exclude', { pattern: name })}
        onClick={() => address.filter(patternFilter(id), 'exclude')}
      />
    </li>
  );
}
