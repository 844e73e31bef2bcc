/** `merged`: equal calls together, as wide as their own time and that of all below; `critical`: by their time on the critical path; `time`: each span when it ran. */
export const FLAME_WAYS = ['merged', 'critical', 'time'] as const;
export type FlameWay = (typeof FLAME_WAYS)[number];
