import '../theme/reset.css';
import '../theme/tokens.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { nameControls } from '../logic/control-characters.ts';
import { SHARE_ELEMENT } from '../logic/share-place.ts';
import { readSharedFlow } from '../logic/shared-flow.ts';
import { hasControlPictures } from '../shared/control-pictures.ts';
import { Viewer } from './viewer.tsx';

/** The page of a shared file: reads the flow that stands in it and shows it. It asks for nothing, and keeps nothing. */
if (!hasControlPictures()) nameControls();
const flow = readSharedFlow(document.getElementById(SHARE_ELEMENT)?.textContent ?? '');
const root = document.getElementById('root');
if (root === null) throw new Error('the page has no element with the id "root"');
createRoot(root).render(
  <StrictMode>
    <Viewer flow={flow} />
  </StrictMode>,
);
