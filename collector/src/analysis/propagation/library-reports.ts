import type { BlindSpot, BreakEvidence, FlowBreak, Span } from '../../api/index.ts';
import { serviceOf } from '../typed-attributes.ts';
import { breakFact } from './break-facts.ts';
import type { FlowEvidence, UnseenLibraries } from './flow-evidence.ts';
import { hidesWork } from './libraries-for.ts';
import { instanceOf } from './span-facts.ts';

/** Between names of a fact's libraries. */
const SEPARATOR = ', ';

export function causeOfReport({ reason }: Pick<UnseenLibraries, 'reason'>) {
  return reason === 'loaded_before' ? ('loaded_before_sdk' as const) : ('library_not_followed' as const);
}

/** That a service says so; of its libraries only those that the break is about. */
export function libraryFact({ service }: UnseenLibraries, libraries: readonly string[]): BreakEvidence {
  return breakFact('library', { service, libraries: libraries.join(SEPARATOR) });
}

export function isOfProcess(span: Span, { service, instance }: Pick<UnseenLibraries, 'service' | 'instance'>): boolean {
  return serviceOf(span) === service && ['', instanceOf(span)].includes(instance);
}

/**
 * What processes of the flow do not follow and no break tells of: whatever they did through it is not here, and nothing says that they did anything.
 * One for each service and reason: which of its instances it was says nothing to who reads it.
 */
export function findBlindSpots({ libraries, own }: Pick<FlowEvidence, 'libraries' | 'own'>, breaks: readonly FlowBreak[]): BlindSpot[] {
  const told = new Set(
    breaks
      .flatMap(({ evidence }) => evidence.filter(({ fact }) => fact === 'library'))
      .flatMap(({ values: { service = '', libraries: names = '' } }) => names.split(SEPARATOR).map((name) => `${service} ${name}`)),
  );
  const reports = libraries.filter((report) => own.some((span) => isOfProcess(span, report)));
  return [...Map.groupBy(reports, ({ service, reason }) => JSON.stringify([service, reason])).values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const { service, reason } = first;
    const names = new Set(alike.flatMap((report) => report.libraries).filter((name) => hidesWork(name) && !told.has(`${service} ${name}`)));
    return names.size === 0 ? [] : [{ service, libraries: [...names].sort(), reason }];
  });
}
