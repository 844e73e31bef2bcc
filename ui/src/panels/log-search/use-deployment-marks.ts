import { useQueries, useQuery } from '@tanstack/react-query';
import { deploymentsQuery, logFieldValuesQuery, servicesQuery } from '../../api/queries.ts';
import { type DeploymentMark, deploymentMarks, joinedMarks } from '../../logic/deployment-marks.ts';
import { servicesOf } from '../../logic/query-services.ts';
import type { TimeRange } from '../../logic/time-range.ts';

/** Of more, a chart of all of them would tell nothing. As many as the list of fields shows at first, so that it is one question. */
const MAX_SERVICES = 8;
const NONE: readonly string[] = [];
const NO_MARKS: readonly DeploymentMark[] = [];

interface MarkedSearch {
  readonly query: string;
  /** That is searched. */
  readonly range: TimeRange;
  /** That the chart shows; undefined while it shows none. */
  readonly shown: TimeRange | undefined;
}

/** Versions that came in the range: of the services that the query names, else of all; where those are many, of those with the most records. */
export function useDeploymentMarks({ query, range, shown }: MarkedSearch): readonly DeploymentMark[] {
  const named = servicesOf(query);
  const all = useQuery({ ...servicesQuery(), enabled: named === undefined }).data?.services.map(({ name }) => name) ?? NONE;
  const known = named ?? all;
  const most = useQuery({
    ...logFieldValuesQuery({ query, range, field: 'service', prefix: '', limit: MAX_SERVICES }),
    enabled: known.length > MAX_SERVICES,
    // Help for the eye: without it the chart has no marks.
    retry: false,
  });
  const services =
    known.length <= MAX_SERVICES ? known : (most.data?.values.map(({ value }) => value) ?? NONE).filter((name) => known.includes(name));
  const answers = useQueries({ queries: shown ? services.map((service) => deploymentsQuery(service, shown)) : [] });
  if (shown === undefined) return NO_MARKS;
  return joinedMarks(services.map((name, number) => ({ name, marks: deploymentMarks(answers[number]?.data?.deployments ?? [], shown) })));
}
