import { useQueries, useQuery } from '@tanstack/react-query';
import { deploymentsQuery, servicesQuery } from '../../api/queries.ts';
import { deploymentMarks, joinedMarks } from '../../logic/deployment-marks.ts';
import { servicesOf } from '../../logic/query-services.ts';
import type { TimeRange } from '../../logic/time-range.ts';

/** Of more, a chart of all of them would tell nothing. */
const MAX_SERVICES = 8;
const NONE: readonly string[] = [];

/** Versions that came in the range: of the services that the query names, else of all where they are few. */
export function useDeploymentMarks(query: string, range: TimeRange) {
  const named = servicesOf(query);
  const all = useQuery({ ...servicesQuery(), enabled: named === undefined }).data?.services.map(({ name }) => name) ?? NONE;
  const services = named ?? all;
  const shown = services.length <= MAX_SERVICES ? services : NONE;
  const answers = useQueries({ queries: shown.map((service) => deploymentsQuery(service)) });
  return joinedMarks(shown.map((name, number) => ({ name, marks: deploymentMarks(answers[number]?.data?.deployments ?? [], range) })));
}
