import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import type { AnyValue, LogRecord } from '../../api/index.ts';
import { createTerminal } from '../terminal.ts';
import { formatLog } from './format-log.ts';

const record = (value: AnyValue): LogRecord => ({
  id: '1',
  timeUnixNano: '1795168800000000000',
  observedTimeUnixNano: '0',
  arrivalTimeUnixNano: '0',
  body: { stringValue: 'm' },
  attributes: [{ key: 'a', value }],
  resource: { attributes: [] },
  scope: { attributes: [] },
});

it.each<[AnyValue, string]>([
  [{ stringValue: 'plain' }, 'a=plain'],
  [{ stringValue: 'two words' }, 'a="two words"'],
  [{ stringValue: 'a "quote"' }, 'a="a \\"quote\\""'],
  [{ stringValue: '' }, 'a=""'],
  [{ intValue: '5' }, 'a=5'],
  [{ doubleValue: 'NaN' }, 'a=NaN'],
  [{ doubleValue: '-0' }, 'a=-0'],
  [{ boolValue: true }, 'a=true'],
  [{ arrayValue: { values: [{ intValue: '1' }, { stringValue: 'x' }] } }, 'a=[1,"x"]'],
  [{ kvlistValue: { values: [{ key: 'b', value: { stringValue: 'two words' } }] } }, 'a={"b":"two words"}'],
])('writes the attribute %j as %s', (value, expected) => {
  expect(formatLog(record(value), createTerminal(new PassThrough(), {}))).toSatisfy((line: string) => line.endsWith(` m ${expected}\n`));
});
