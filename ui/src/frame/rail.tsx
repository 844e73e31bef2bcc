import { Link } from '@tanstack/react-router';
import { useTranslate } from '../messages/translate.tsx';
import { Icon } from '../shared/Icon/icon.tsx';
import { placeUrl, searchUrl, useCurrentPlace, useCurrentSearch } from '../state/last-search.ts';
import { useLogLook } from '../state/log-look.ts';
import { restartClock } from '../state/search-clock.ts';
import styles from './frame.module.css';
import type { Section } from './section.ts';
import { SettingsPopover } from './settings-popover.tsx';

/** The pages there are. Time range and query come along, the query as far as it is one of the page. */
export function Rail({ section }: { readonly section: Section | undefined }) {
  const t = useTranslate();
  const ofLogs = searchUrl(useCurrentSearch('logs'));
  const ofSpans = searchUrl(useCurrentSearch('spans'));
  const place = placeUrl(useCurrentPlace());
  const look = useLogLook();
  const entry = (name: Section) => ({
    className: styles.entry,
    'aria-current': section === name ? ('page' as const) : undefined,
    activeProps: {},
    onClick: restartClock,
  });
  return (
    <nav className={styles.rail} aria-label={t('rail.label')}>
      <div className={styles.mark} aria-hidden="true">
        <img src="/favicon.svg" width="22" height="22" alt="" />
      </div>
      <ul className={styles.pages}>
        <li>
          <Link to="/logs" search={{ ...look, ...ofLogs }} {...entry('logs')}>
            <Icon name="logs" />
            {t('rail.logs')}
          </Link>
        </li>
        <li>
          <Link to="/traces" search={ofSpans} {...entry('traces')}>
            <Icon name="traces" />
            {t('rail.traces')}
          </Link>
        </li>
        <li>
          <Link to="/flows" search={ofLogs} {...entry('flows')}>
            <Icon name="flows" />
            {t('rail.flows')}
          </Link>
        </li>
        <li>
          <Link to="/services" search={place} {...entry('services')}>
            <Icon name="services" />
            {t('rail.services')}
          </Link>
        </li>
        <li>
          <Link to="/errors" search={place} {...entry('errors')}>
            <Icon name="errors" />
            {t('rail.errors')}
          </Link>
        </li>
      </ul>
      <div className={styles.foot}>
        <Link to="/status" {...entry('status')}>
          <Icon name="status" />
          {t('rail.status')}
        </Link>
        <SettingsPopover />
      </div>
    </nav>
  );
}
