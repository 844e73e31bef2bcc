/** What spans are counted together by. */
export const GROUPINGS = ['operation', 'service'] as const;
export type Grouping = (typeof GROUPINGS)[number];
