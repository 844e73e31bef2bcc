import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { exportersRun } from './exporters-run.ts';
import { killRun } from './kill-run.ts';
import { retentionKillRun } from './retention-kill-run.ts';

/** `npm run soak`: what takes too long for every change. Prints as it goes and writes its result to docs/soak.md. */

const KILLS = 60;
const RETENTION_KILLS = 30;
const report = (line: string) => console.log(line);

const seed = Number(process.argv[2] ?? Date.now() % 1_000_000);
report(`kill -9 at ${KILLS} random instants under load, seed ${seed}`);
const kills = await killRun({ kills: KILLS, seed, report });
report(JSON.stringify(kills));
report('the same while segments are merged and the oldest are given up');
const retained = await retentionKillRun({ kills: RETENTION_KILLS, seed, report });
report(JSON.stringify(retained));
report('exporters of other languages against a live collector');
const exporters = await exportersRun(report);

const isTooLarge = retained.storageBytes > retained.retentionBytes;
const failedRetention =
  retained.lost + retained.doubled + retained.returned + retained.strayFiles.length + retained.missedWrongly + (isTooLarge ? 1 : 0);
const failed = kills.lost + kills.doubled + failedRetention + exporters.different.length;
await writeFile(
  new URL('../../../docs/soak.md', import.meta.url),
  `# The last soak run

\`npm run soak\` wrote this on ${new Date().toISOString().slice(0, 10)}: Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB.

## kill -9 under load, embedded storage

| | |
|---|---|
| kills at random instants (seed ${kills.seed}) | ${kills.kills} |
| records acknowledged | ${kills.acknowledgedRecords} |
| acknowledged and not found | ${kills.lost} |
| found more than once | ${kills.doubled} |
| acknowledged batches sent again with their key | ${kills.repeatedBatches} |
| from start to ready after a kill, median / max | ${kills.readyMillis.median} / ${kills.readyMillis.max} ms |

## kill -9 in merges and retention, 64 MiB kept

| | |
|---|---|
| kills at random instants (seed ${retained.seed}) | ${retained.kills} |
| batches acknowledged / wholly kept / wholly given up | ${retained.acknowledgedBatches} / ${retained.keptBatches} / ${retained.goneBatches} |
| records of the newest 8 MiB not found | ${retained.lost} |
| found more than once | ${retained.doubled} |
| given up and there again after a start | ${retained.returned} |
| bytes of the storage, settled | ${retained.storageBytes} of ${retained.retentionBytes} |
| files left behind by killed merges | ${retained.strayFiles.length} |
| starts that missed a segment wrongly | ${retained.missedWrongly} |

## Exporters of other languages, live

Came back field by field: ${exporters.same.join(', ') || 'none'}.
Different: ${exporters.different.join(', ') || 'none'}.
Not at hand: ${exporters.absent.join(', ') || 'none'}.
`,
);
report(`${failed === 0 ? 'nothing lost, doubled or different' : `FAILED: ${failed}`}; docs/soak.md is written`);
process.exitCode = failed === 0 ? 0 : 1;
