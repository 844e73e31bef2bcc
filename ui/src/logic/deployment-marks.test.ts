import type { ServiceDeployment } from '@threadline/collector/api';
import { describe, expect, it } from 'vitest';
import { type DeploymentMark, deploymentMarks, joinedMarks, labelSides } from './deployment-marks.ts';

const START = Date.parse('2026-11-20T10:00:00Z');
const RANGE = { fromMillis: START, toMillis: START + 100 * 60_000 };

function deployment(version: string, minute: number, environment = ''): ServiceDeployment {
  const firstSeen = new Date(START + minute * 60_000).toISOString();
  return { version, environment, firstSeen, lastSeen: firstSeen, isNew: true, instances: [] };
}

/** That its service began with. */
function beginning(...of: Parameters<typeof deployment>): ServiceDeployment {
  return { ...deployment(...of), isNew: false };
}

/** A mark and its side, where each label needs an eighth of the chart. */
const sided = (marks: readonly DeploymentMark[]) => {
  const sides = labelSides(marks, () => 0.12);
  return marks.map((mark, number) => ({ ...mark, labelSide: sides[number] }));
};

const marksOf = (...deployments: readonly ServiceDeployment[]) =>
  sided(deploymentMarks(deployments, RANGE)).map(
    ({ label, place, labelSide }) => `${label} at ${place}${labelSide === 'after' ? '' : `, ${labelSide ?? 'unlabelled'}`}`,
  );

describe('deploymentMarks', () => {
  it('are of the versions that came in the range, without the first of all', () => {
    expect(marksOf(deployment('1.2', 50), deployment('1.1', 20), beginning('1.0', 10))).toEqual(['1.1 at 0.2', '1.2 at 0.5']);
    expect(marksOf(deployment('1.2', 150), deployment('1.1', 0), beginning('1.0', -10))).toEqual(['1.1 at 0']);
    expect(marksOf(beginning('1.0', 10))).toEqual([]);
    expect(marksOf(deployment('', 50), beginning('1.0', 10))).toEqual([]);
  });

  it('say the environment where there are several', () => {
    expect(marksOf(deployment('1.1', 60, 'production'), deployment('1.1', 20, 'staging'), beginning('1.0', 0, 'production'))).toEqual([
      '1.1 staging at 0.2',
      '1.1 production at 0.6',
    ]);
  });

  it('have a label where there is room for one', () => {
    expect(marksOf(beginning('1.0', 0), deployment('1.1', 20), deployment('1.2', 25), deployment('1.3', 95))).toEqual([
      '1.1 at 0.2, unlabelled',
      '1.2 at 0.25',
      '1.3 at 0.95, before',
    ]);
  });

  it('name the newest also at the end of a chart, before an older one', () => {
    const first = beginning('1.0', 0);
    expect(marksOf(first, deployment('1.1', 50), deployment('1.2', 95))).toEqual(['1.1 at 0.5', '1.2 at 0.95, before']);
    expect(marksOf(first, deployment('1.1', 75), deployment('1.2', 95))).toEqual(['1.1 at 0.75, unlabelled', '1.2 at 0.95, before']);
  });

  it('are the newest of very many', () => {
    const marks = marksOf(...Array.from({ length: 80 }, (_, minute) => deployment(`1.${minute}`, minute)));
    expect(marks).toHaveLength(12);
    expect(marks.at(-1)).toBe('1.79 at 0.79');
  });
});

describe('joinedMarks', () => {
  it('name their services where there are several, in order, with a label where there is room', () => {
    const one = { name: 'orders', marks: deploymentMarks([beginning('1.0', 0), deployment('1.1', 50)], RANGE) };
    const other = { name: 'payments', marks: deploymentMarks([beginning('7', 0), deployment('8', 20), deployment('9', 45)], RANGE) };
    const said = (marks: readonly DeploymentMark[]) =>
      sided(marks).map(({ label, labelSide }) => (labelSide === 'after' ? label : `${label} ${labelSide ?? 'unlabelled'}`));
    expect(said(joinedMarks([one, other]))).toEqual(['payments 8', 'payments 9 unlabelled', 'orders 1.1']);
    expect(said(joinedMarks([one]))).toEqual(['1.1']);
    expect(joinedMarks([])).toEqual([]);
  });
});

describe('labelSides', () => {
  it('give each label the room that it needs, and no more', () => {
    const marks = [
      { label: 'a long name 1.0', firstSeen: '', place: 0.4 },
      { label: 'b 1', firstSeen: '', place: 0.5 },
      { label: 'c 1', firstSeen: '', place: 0.54 },
    ];
    expect(labelSides(marks, (label) => label.length / 100)).toEqual([undefined, 'after', 'after']);
  });
});
