import { describe, expect, it } from 'vitest';
import { exportColumns } from './export-columns.ts';
import { logRecord } from './record-fixtures.ts';

const attribute = (key: string) => ({ key, value: { stringValue: 'x' } });
const own = logRecord({ attributes: [attribute('level'), attribute('id')] });
const ofResource = logRecord({ resource: { attributes: [attribute('level')] } });
const chosen = (keys: readonly string[], records = [own]) => exportColumns(keys, records).slice(3, -4);

describe('columns of an export', () => {
  it('are those of every list, with the chosen ones between', () => {
    expect(exportColumns(['http.route'], [])).toEqual([
      'time',
      'level',
      'service',
      'http.route',
      'message',
      'traceId',
      'spanId',
      'correlationId',
    ]);
  });

  it.each(['level', 'service', 'message', 'time', 'id', 'severityText', 'resource.x', 'attributes.x', 'body.x'])(
    'name the attribute %s with its place, so that it is not taken for something else',
    (key) => {
      const records = [logRecord({ attributes: [attribute(key)] })];
      expect(chosen([key], records)).toEqual([`attributes.${key}`]);
      expect(chosen([key], [])).toEqual([`attributes.${key}`]);
    },
  );

  it.each(['status', 'pattern', 'scope.', 'duration', 'event.x', 'event.name', 'http.route', 'odd key: with "quotes"'])(
    'name %s as it is: it can only be an attribute',
    (key) => {
      expect(chosen([key])).toEqual([key]);
    },
  );

  it('name each place that the list shows the attribute from', () => {
    expect(chosen(['level'], [ofResource])).toEqual(['resource.level']);
    expect(chosen(['level'], [ofResource, own])).toEqual(['attributes.level', 'resource.level']);
    expect(chosen(['level', 'id'], [own])).toEqual(['attributes.level', 'attributes.id']);
  });
});
