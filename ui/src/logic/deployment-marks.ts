import type { ServiceDeployment } from '@threadline/collector/api';
import type { TimeRange } from './time-range.ts';

/** When a version of a service was first seen, in a chart of a range. */
export interface DeploymentMark {
  /** The version, with its environment where the versions are of several. */
  readonly label: string;
  readonly firstSeen: string;
  /** From the range's start, 0, to its end, 1. */
  readonly place: number;
}

/** On which side of a mark there is room for its label; undefined where there is none. */
type LabelSide = 'after' | 'before' | undefined;

/** A chart with more of them tells nothing any more: the newest are shown. */
const MAX_MARKS = 12;

/**
 * The deployments that fall into a range, in order. The service's first of all is none of them: it may have been there before what is kept. Versions without a
 * name are left out.
 */
export function deploymentMarks(deployments: readonly ServiceDeployment[], { fromMillis, toMillis }: TimeRange): DeploymentMark[] {
  const environments = new Set(deployments.map(({ environment }) => environment));
  return deployments
    .filter(({ version, isNew }) => version !== '' && isNew)
    .map(({ version, environment, firstSeen }) => ({
      label: environments.size > 1 && environment !== '' ? `${version} ${environment}` : version,
      firstSeen,
      place: (Date.parse(firstSeen) - fromMillis) / (toMillis - fromMillis),
    }))
    .filter(({ place }) => place >= 0 && place < 1)
    .sort((left, right) => left.place - right.place)
    .slice(-MAX_MARKS);
}

/** Those of several services in one chart, each with its service's name where there are several. */
export function joinedMarks(services: readonly { readonly name: string; readonly marks: readonly DeploymentMark[] }[]): DeploymentMark[] {
  const all = services.flatMap(({ name, marks }) =>
    marks.map((mark) => (services.length > 1 ? { ...mark, label: `${name} ${mark.label}` } : mark)),
  );
  return all.sort((left, right) => left.place - right.place).slice(-MAX_MARKS);
}

/**
 * For marks in order, which have a label. `shareOf`: of the width, what it needs. Labels go up to the next one. The newest of all, which is looked for most, has its own
 * also at the chart's end, before it.
 */
export function labelSides(marks: readonly DeploymentMark[], shareOf: (label: string) => number): LabelSide[] {
  let end = 1;
  return marks
    .toReversed()
    .map(({ label, place }, number): LabelSide => {
      const share = shareOf(label);
      const side = end - place >= share ? 'after' : number === 0 && place >= share ? 'before' : undefined;
      end = side === 'before' ? place - share : place;
      return side;
    })
    .toReversed();
}
