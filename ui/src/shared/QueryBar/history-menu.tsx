import * as DropdownMenu from '@radix-ui/react-dropdown-menu';
import { useTranslate } from '../../messages/translate.tsx';
import { IconButton } from '../Button/button.tsx';
import styles from './query-bar.module.css';

/** The queries that this browser ran last. */
export function HistoryMenu({ history, onChoose }: { readonly history: readonly string[]; readonly onChoose: (query: string) => void }) {
  const t = useTranslate();
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <IconButton icon="history" label={t('query.history')} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={styles.menu} align="end" sideOffset={4} collisionPadding={8}>
          {history.length === 0 && <DropdownMenu.Label className={styles.none}>{t('query.noHistory')}</DropdownMenu.Label>}
          {history.map((query) => (
            <DropdownMenu.Item key={query} className={styles.item} onSelect={() => onChoose(query)}>
              {query}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
