import { startTransition, useCallback, useEffect, useRef, useState } from 'react';
import type { LiveValue } from '../../shared/live-value.ts';

/** Without another step a movement rests: notches of a wheel that is turned on come in less time. */
const REST_MILLIS = 150;

/** Gives a function for each step of a movement. When it rests, what is given is called, and what it makes React do no frame waits for. */
export function useRest(onRest: () => void): () => void {
  const last = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return useCallback(() => {
    last.current = performance.now();
    // One timer for all steps: to set one anew costs in each frame.
    const wait = (millis: number): void => {
      timer.current = setTimeout(() => {
        timer.current = undefined;
        const left = last.current + REST_MILLIS - performance.now();
        if (left > 0) wait(left);
        else startTransition(onRest);
      }, millis);
    };
    if (timer.current === undefined) wait(REST_MILLIS);
  }, [onRest]);
}

/** The value as it was when it rested last. */
export function useRested<Value>({ get, subscribe }: LiveValue<Value>): Value {
  const [rested, setRested] = useState(get);
  const rest = useRest(useCallback(() => setRested(get), [get]));
  useEffect(() => {
    // What was set since it was rendered has had nobody to tell.
    rest();
    return subscribe(rest);
  }, [subscribe, rest]);
  return rested;
}
