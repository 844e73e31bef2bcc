import { useQuery } from '@tanstack/react-query';
import type { TraceHeadLine } from '@threadline/collector/api';
import { useMemo } from 'react';
import { usualRangesQuery } from '../../api/usual-ranges.ts';
import { nanosToMillis, parseNanos } from '../../logic/nanos.ts';
import type { TraceSnapshot } from '../../logic/trace-snapshot.ts';
import { servicesByWeight, type UsualRange, type UsualRanges, usualRangeOf } from '../../logic/usual-range.ts';

export type UsualOf = (node: number) => UsualRange | undefined;

const NONE: UsualRanges = new Map();
const NOBODY: UsualOf = () => undefined;

/** How long the operation of a span usually takes, as far as it is known yet: read behind the whole trace, once for each of its services. */
export function useUsualRanges({ summary, environment }: TraceHeadLine, snapshot: TraceSnapshot | undefined): UsualOf {
  const services = useMemo(() => servicesByWeight(summary), [summary]);
  const start = parseNanos(summary.startTimeUnixNano);
  const end = start + parseNanos(summary.durationNano);
  const search = { services, startMillis: nanosToMillis(start), endMillis: nanosToMillis(end), environment };
  const canAsk = snapshot?.isComplete === true && services.length > 0;
  const ranges = useQuery({ ...usualRangesQuery(search), enabled: canAsk }).data ?? NONE;
  const tree = snapshot?.tree;
  return useMemo(() => (tree === undefined ? NOBODY : usualRangeOf(tree, ranges)), [tree, ranges]);
}
