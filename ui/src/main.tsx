import './theme/reset.css';
import './theme/tokens.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { forgetFailedStyles } from './frame/failed-styles.ts';
import { nameControls } from './logic/control-characters.ts';
import { loadFirstMessages, loadMessages } from './messages/load-messages.ts';
import type { Texts } from './messages/translate.tsx';
import { hasControlPictures } from './shared/control-pictures.ts';
import { applyPreferences, getPreferences } from './state/preferences.ts';

const preferences = getPreferences();
applyPreferences(preferences);
forgetFailedStyles();
if (!hasControlPictures()) nameControls();
/** The page of logs needs few texts, and the others are fetched while it is looked at. */
const isFirstPage = location.pathname === '/' || location.pathname === '/logs';
const texts = await (isFirstPage ? loadFirstMessages(preferences.language) : loadAll());
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root"');
createRoot(root).render(
  <StrictMode>
    <App initial={{ language: preferences.language, texts }} />
  </StrictMode>,
);

/** Where they cannot be fetched, those with which at least the frame can say what is wrong. */
function loadAll(): Promise<Texts> {
  return loadMessages(preferences.language).catch((error: unknown) => {
    console.error('Threadline could not load the texts of a language', error);
    return loadFirstMessages(preferences.language);
  });
}
