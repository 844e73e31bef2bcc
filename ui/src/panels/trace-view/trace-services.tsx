import type { TraceSummary } from '@threadline/collector/api';
import { useState } from 'react';
import { showControls } from '../../logic/control-characters.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import styles from './trace-view.module.css';

/** Those with the most spans; more would leave no room for the trace. */
const MAX_SHOWN = 12;

/** Who took part, each in its colour. Of many the first, and on demand all in a box of their own. */
export function TraceServices({ services }: Pick<TraceSummary, 'services'>) {
  const t = useTranslate();
  const format = useFormat();
  const [isOpen, setIsOpen] = useState(false);
  const rest = services.length - MAX_SHOWN;
  return (
    <div className={styles.services}>
      <ul className={styles.serviceList} data-open={isOpen} aria-label={t('traces.services')} tabIndex={isOpen && rest > 0 ? 0 : undefined}>
        {(isOpen ? services : services.slice(0, MAX_SHOWN)).map(({ name, spanCount }) => (
          <li key={name} title={`${showControls(name)}: ${t('trace.spans', { count: spanCount, shown: format.number(spanCount) })}`}>
            <ServiceName name={name} />
          </li>
        ))}
      </ul>
      {rest > 0 && (
        <Button size="small" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {isOpen ? t('trace.fewerServices') : t('trace.moreServices', { shown: format.number(rest) })}
        </Button>
      )}
    </div>
  );
}
