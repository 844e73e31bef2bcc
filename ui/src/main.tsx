import './theme/reset.css';
import './theme/tokens.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { loadMessages } from './messages/translate.tsx';
import { applyPreferences, getPreferences } from './state/preferences.ts';

const preferences = getPreferences();
applyPreferences(preferences);
const messages = await loadMessages(preferences.language);
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root"');
createRoot(root).render(
  <StrictMode>
    <App initial={{ language: preferences.language, messages }} />
  </StrictMode>,
);
