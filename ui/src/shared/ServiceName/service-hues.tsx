import { createContext, type ReactNode, useCallback, useContext, useMemo } from 'react';
import { assignHues, preferredHue } from '../../logic/service-color.ts';

const HuesContext = createContext<ReadonlyMap<string, number>>(new Map());

/**
 * Hues for the services that are known; distinct among them as far as there are enough. Inside of another one: for those that are shown together,
 * which keep what they have as far as they are told apart by it.
 */
export function ServiceHuesProvider({ names, children }: { readonly names: readonly string[]; readonly children: ReactNode }) {
  const around = useContext(HuesContext);
  const hues = useMemo(() => new Map([...around, ...assignHues(names, (name) => around.get(name) ?? preferredHue(name))]), [names, around]);
  return <HuesContext value={hues}>{children}</HuesContext>;
}

/** The colour of a service as a CSS value; the same function while the hues are the same. */
export function useServiceColor(): (name: string) => string {
  const hues = useContext(HuesContext);
  return useCallback((name) => `var(--hue-${hues.get(name) ?? preferredHue(name)})`, [hues]);
}
