import { describe, expect, it } from 'vitest';
import { span } from './record-fixtures.ts';
import { splitInstances } from './service-instances.ts';

const of = (service: string, id?: string, key = 'service.instance.id') =>
  span({
    resource: {
      attributes: [
        { key: 'service.name', value: { stringValue: service } },
        ...(id === undefined ? [] : [{ key, value: { stringValue: id } }]),
      ],
    },
  });

describe('splitInstances', () => {
  it('names instances only where a service has several', () => {
    const { instances, placeOf } = splitInstances([
      of('a', 'one'),
      of('b', 'pod-x', 'k8s.pod.name'),
      of('b', 'pod-y', 'k8s.pod.name'),
      of('a', 'one'),
    ]);
    expect(instances).toEqual([
      { service: 'a', instance: '' },
      { service: 'b', instance: 'pod-x' },
      { service: 'b', instance: 'pod-y' },
    ]);
    expect(placeOf).toEqual([0, 1, 2, 0]);
  });

  it('takes what says nothing for the first instance', () => {
    const { instances, placeOf } = splitInstances([of('a'), of('a', 'one'), of('c')]);
    expect(instances).toEqual([
      { service: 'a', instance: '' },
      { service: 'c', instance: '' },
    ]);
    expect(placeOf).toEqual([0, 0, 1]);
  });

  it('leaves out the service’s name, which pods begin with', () => {
    const { instances } = splitInstances([of('a', 'a-1'), of('a', 'a-2')]);
    expect(instances.map(({ instance }) => instance)).toEqual(['1', '2']);
  });

  it('shows the end of a long id, where ids of one machine differ', () => {
    const { instances } = splitInstances([
      of('a', '7f9c1c2e-0000-4000-8000-00000000000a'),
      of('a', '7f9c1c2e-0000-4000-8000-00000000000b'),
    ]);
    expect(instances.map(({ instance }) => instance)).toEqual(['…0000000a', '…0000000b']);
  });
});
