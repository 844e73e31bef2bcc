import type { OperationFiguresAnswer } from '../../api/index.ts';
import type { PartialRead } from '../../storage/storage.ts';
import { answerNotes } from '../answer-notes.ts';
import type { Reader } from '../api-route.ts';
import { formatRfc3339 } from '../format-rfc3339.ts';
import type { FiguresRange } from './figures-range.ts';
import { operationsOf } from './read-service.ts';

/** The operations of each of the services in the range; none, and no error, of one that sent nothing in it. */
export async function readOperationFigures(
  services: readonly string[],
  { fromNanos, toNanos, range, recentFromMinute, seconds, stepMinutes, environment }: FiguresRange,
  { storage, context }: Reader,
): Promise<OperationFiguresAnswer> {
  const answer: OperationFiguresAnswer['services'] = [];
  let partial: PartialRead | undefined;
  for (const name of services) {
    const asked = { range, service: name, types: ['operation'], stepMinutes, recentFromMinute, environment } as const;
    const found = await storage.serviceFigures(asked, context);
    answer.push({ name, operations: operationsOf(found.figures, seconds) });
    partial ??= found.partial;
  }
  return { from: formatRfc3339(fromNanos), to: formatRfc3339(toNanos), services: answer, ...answerNotes({ partial }) };
}
