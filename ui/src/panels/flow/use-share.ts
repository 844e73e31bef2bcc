import { useEffect, useMemo, useState } from 'react';
import { DEFAULT_PATTERNS, type SharePattern } from '../../logic/share-patterns.ts';
import type { ShareRules } from '../../logic/share-redaction.ts';
import { type FlowContents, type PreparedShare, prepareShare } from '../../logic/shared-flow.ts';

/** What a reader types is looked up when it pauses for so long. */
const TYPING_MILLIS = 250;

/** What the reader has chosen to hide. */
export interface ShareChoice {
  readonly patterns: readonly SharePattern[];
  /** As they are typed: separated by commas. */
  readonly names: string;
  readonly texts: string;
  readonly leftOut: ReadonlySet<string>;
}

export type ShareState =
  | { readonly state: 'working'; readonly progress: number }
  | { readonly state: 'ready'; readonly share: PreparedShare; readonly rules: ShareRules }
  | { readonly state: 'failed' };

export interface Share {
  readonly choice: ShareChoice;
  readonly setChoice: (change: Partial<ShareChoice>) => void;
  readonly state: ShareState;
  /** Of the last time that all of it was looked through: what is listed does not come and go while it is done again. */
  readonly known: PreparedShare | undefined;
}

/** The flow, prepared anew with each choice; the work is done in pieces, and ends where the reader chooses again or leaves. */
export function useShare(flow: FlowContents): Share {
  const [choice, setWhole] = useState<ShareChoice>({ patterns: DEFAULT_PATTERNS, names: '', texts: '', leftOut: new Set() });
  const [state, setState] = useState<ShareState>({ state: 'working', progress: 0 });
  const [known, setKnown] = useState<PreparedShare>();
  const rules = useMemo(
    (): ShareRules => ({ patterns: choice.patterns, names: listOf(choice.names), texts: listOf(choice.texts), leftOut: choice.leftOut }),
    [choice],
  );
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const prepare = async (): Promise<void> => {
      const share = await prepareShare(flow, {
        rules,
        nowMillis: Date.now(),
        signal,
        onProgress: (progress) => setState({ state: 'working', progress }),
        pause: () => new Promise((resolve) => setTimeout(resolve)),
      });
      setKnown(share);
      setState({ state: 'ready', share, rules });
    };
    setState({ state: 'working', progress: 0 });
    const timer = setTimeout(() => {
      prepare().catch((error: unknown) => {
        if (signal.aborted) return;
        console.error('Threadline could not prepare a flow for sharing', error);
        setState({ state: 'failed' });
      });
    }, TYPING_MILLIS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [flow, rules]);
  // What was prepared by other rules is never handed out.
  const current: ShareState = state.state === 'ready' && state.rules !== rules ? { state: 'working', progress: 0 } : state;
  return { choice, state: current, known, setChoice: (change) => setWhole((before) => ({ ...before, ...change })) };
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}
