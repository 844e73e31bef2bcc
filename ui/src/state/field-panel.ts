import { useState, useSyncExternalStore } from 'react';
import { createStoredValue } from './stored-value.ts';
import { useMedia } from './use-media.ts';

/** Of the list's width: narrower no field can be read, wider it leaves no list. */
export const FIELD_SHARE_LIMITS = { min: 0.12, max: 0.5 };
const DEFAULT_SHARE = 0.2;
/** Fields that most searches begin with. */
const DEFAULT_OPEN_FIELDS: readonly string[] = ['level', 'service'];
/** More open fields than this would be many requests for each search. */
const MAX_OPEN_FIELDS = 12;
/** As in the style sheets: here the panel is a page of its own. */
const PHONE = '(max-width: 700px)';
/** Narrower screens begin without the panel. */
const ROOMY = '(min-width: 1100px)';

interface FieldPanelState {
  /** Undefined until the reader has chosen. */
  readonly isOpen: boolean | undefined;
  readonly share: number;
  readonly openFields: readonly string[];
}

const store = createStoredValue({ key: 'threadline.fieldPanel', place: 'localStorage', parse: parseFieldPanel });

/** Whatever was stored, every member has a value that can be used. */
export function parseFieldPanel(stored: unknown): FieldPanelState {
  const raw: Partial<Record<string, unknown>> = typeof stored === 'object' && stored !== null ? { ...stored } : {};
  return {
    isOpen: typeof raw.isOpen === 'boolean' ? raw.isOpen : undefined,
    share: typeof raw.share === 'number' && Number.isFinite(raw.share) ? clampFieldShare(raw.share) : DEFAULT_SHARE,
    openFields: Array.isArray(raw.openFields) ? raw.openFields.map(String).slice(-MAX_OPEN_FIELDS) : DEFAULT_OPEN_FIELDS,
  };
}

function clampFieldShare(share: number): number {
  return Math.min(FIELD_SHARE_LIMITS.max, Math.max(FIELD_SHARE_LIMITS.min, share));
}

/** The panel of fields: whether it is open, how wide, and which fields show their values; remembered, but on a phone it begins closed. */
export function useFieldPanel() {
  const state = useSyncExternalStore(store.subscribe, store.get);
  const isPhone = useMedia(PHONE);
  const isRoomy = useMedia(ROOMY);
  const [isOpenOnPhone, setOpenOnPhone] = useState(false);
  return {
    isPhone,
    isOpen: isPhone ? isOpenOnPhone : (state.isOpen ?? isRoomy),
    setOpen: (isOpen: boolean) => (isPhone ? setOpenOnPhone(isOpen) : store.set({ ...state, isOpen })),
    share: state.share,
    setShare: (share: number) => store.set({ ...state, share: clampFieldShare(share) }),
    openFields: state.openFields,
    toggleField: (field: string) => store.set({ ...state, openFields: toggled(state.openFields, field) }),
  };
}

export type FieldPanelControls = ReturnType<typeof useFieldPanel>;

function toggled(open: readonly string[], field: string): readonly string[] {
  return open.includes(field) ? open.filter((other) => other !== field) : [...open, field].slice(-MAX_OPEN_FIELDS);
}
