import { useLocation } from '@tanstack/react-router';
import { keysOfPage } from './page-keys.ts';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';

/** Every key that does something on the page that is shown. */
export function PageShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const { pathname, search } = useLocation();
  return <ShortcutsDialog open keys={keysOfPage(pathname, search.view)} onClose={onClose} />;
}
