import * as Popover from '@radix-ui/react-popover';
import { useQuery } from '@tanstack/react-query';
import { healthQuery } from '../api/queries.ts';
import { useTranslate } from '../messages/translate.tsx';
import { Choice } from '../shared/Choice/choice.tsx';
import { Icon } from '../shared/Icon/icon.tsx';
import { setPreferences, usePreferences } from '../state/preferences.ts';
import styles from './frame.module.css';

/** What a reader sets once: colours, language, zone, density. Below it, which collector this is. */
export function SettingsPopover() {
  const t = useTranslate();
  const preferences = usePreferences();
  const health = useQuery(healthQuery()).data;
  return (
    <Popover.Root>
      <Popover.Trigger className={styles.entry}>
        <Icon name="settings" />
        {t('rail.settings')}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={styles.popover}
          side="right"
          align="end"
          sideOffset={4}
          collisionPadding={8}
          aria-label={t('rail.settings')}
        >
          <Choice
            legend={t('settings.theme')}
            value={preferences.theme}
            onChange={(theme) => setPreferences({ theme })}
            options={[
              { value: 'system', label: t('settings.themeSystem') },
              { value: 'light', label: t('settings.themeLight') },
              { value: 'dark', label: t('settings.themeDark') },
            ]}
          />
          <Choice
            legend={t('settings.language')}
            value={preferences.language}
            onChange={(language) => setPreferences({ language })}
            options={[
              { value: 'en', label: 'English' },
              { value: 'ko', label: '한국어' },
            ]}
          />
          <Choice
            legend={t('settings.zone')}
            value={preferences.zone}
            onChange={(zone) => setPreferences({ zone })}
            options={[
              { value: 'local', label: t('settings.zoneLocal') },
              { value: 'utc', label: 'UTC' },
            ]}
          />
          <Choice
            legend={t('settings.density')}
            value={preferences.density}
            onChange={(density) => setPreferences({ density })}
            options={[
              { value: 'compact', label: t('settings.compact') },
              { value: 'comfortable', label: t('settings.comfortable') },
            ]}
          />
          {health && (
            <p className={styles.about}>
              {t('settings.about', { version: health.version ?? '', storage: Object.values(health.storage?.notes ?? {}).join(', ') })}
            </p>
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
