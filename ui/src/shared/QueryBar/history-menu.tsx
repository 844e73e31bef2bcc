import { useTranslate } from '../../messages/translate.tsx';
import { IconButton } from '../Button/button.tsx';
import { Menu, MenuItem, MenuNote } from '../Menu/menu.tsx';

interface HistoryMenuProps {
  readonly history: readonly string[];
  readonly startsOpen: boolean;
  readonly onChoose: (query: string) => void;
}

/** The queries that this browser ran last. */
export function HistoryMenu({ history, startsOpen, onChoose }: HistoryMenuProps) {
  const t = useTranslate();
  return (
    <Menu align="end" startsOpen={startsOpen} trigger={<IconButton icon="history" label={t('query.history')} />}>
      {history.length === 0 && <MenuNote text={t('query.noHistory')} />}
      {history.map((query) => (
        <MenuItem key={query} label={query} isData onSelect={() => onChoose(query)} />
      ))}
    </Menu>
  );
}
