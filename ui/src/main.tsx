import './theme/reset.css';
import './theme/tokens.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { nameControls } from './logic/control-characters.ts';
import { loadMessages } from './messages/translate.tsx';
import { hasControlPictures } from './shared/control-pictures.ts';
import { applyPreferences, getPreferences } from './state/preferences.ts';

const preferences = getPreferences();
applyPreferences(preferences);
if (!hasControlPictures()) nameControls();
const messages = await loadMessages(preferences.language);
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root"');
createRoot(root).render(
  <StrictMode>
    <App initial={{ language: preferences.language, messages }} />
  </StrictMode>,
);
