import { expect, it } from 'vitest';
import { retentionKillRun } from '../soak/retention-kill-run.ts';

/** Shorter than `npm run soak`, whose kills are thirty. */
const KILLS = 5;

it('kills in merges and retention lose nothing that is to be kept, double nothing, bring nothing back, and the space is given back', async () => {
  const result = await retentionKillRun({ kills: KILLS, seed: 20_261_126, report: () => undefined });
  expect(result).toMatchObject({ lost: 0, doubled: 0, returned: 0, strayFiles: [], missedWrongly: 0 });
  expect(result.storageBytes).toBeLessThanOrEqual(result.retentionBytes);
  expect(result.goneBatches).toBeGreaterThan(0);
  expect(result.keptBatches).toBeGreaterThan(0);
});
