import { Suspense, useSyncExternalStore } from 'react';
import { isReadKeyAsked, subscribeReadKey } from '../api/read-key.ts';
import { withTexts } from '../messages/load-messages.ts';
import { laterPart } from '../shared/later-part.tsx';

const ReadKeyDialog = laterPart(async () => (await withTexts(import('./read-key-dialog.tsx'))).ReadKeyDialog);

/** Asks for the read key where the collector wants one. */
export function ReadKey() {
  const asked = useSyncExternalStore(subscribeReadKey, isReadKeyAsked);
  if (!asked) return null;
  return (
    <Suspense>
      <ReadKeyDialog />
    </Suspense>
  );
}
