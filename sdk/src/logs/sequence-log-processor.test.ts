import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { expect, it } from 'vitest';
import { setFlow } from '../correlation/flow.ts';
import { SequenceLogProcessor } from './sequence-log-processor.ts';

it('puts the sequence and the correlation id before all other attributes, also of a record at its limit', () => {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({ processors: [new SequenceLogProcessor(), new SimpleLogRecordProcessor({ exporter })] });
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`key-${index}`, index]));
  const inFlow = setFlow(ROOT_CONTEXT, { id: 'flow-1', external: undefined });
  provider.getLogger('test').emit({ context: inFlow, attributes: { ...many, 'correlation.id': 'of the app' } });
  provider.getLogger('test').emit({ context: context.active(), attributes: many });
  const [first, second] = exporter.getFinishedLogRecords().map(({ attributes }) => Object.entries(attributes));
  expect(first?.slice(0, 3)).toEqual([
    ['threadline.sequence', 1],
    ['correlation.id', 'flow-1'],
    ['key-0', 0],
  ]);
  expect(first?.filter(([name]) => name === 'correlation.id')).toHaveLength(1);
  expect(second?.slice(0, 2)).toEqual([
    ['threadline.sequence', 2],
    ['key-0', 0],
  ]);
});

it('gives a record without a time one that is later than that of the record before, and leaves others as they are', () => {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({ processors: [new SequenceLogProcessor(), new SimpleLogRecordProcessor({ exporter })] });
  const logger = provider.getLogger('test');
  for (let index = 0; index < 50; index += 1) logger.emit({ body: index });
  const times = exporter.getFinishedLogRecords().map(({ hrTime }) => BigInt(hrTime[0]) * 1_000_000_000n + BigInt(hrTime[1]));
  expect(times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0n))).toBe(true);
  logger.emit({ timestamp: [17, 5], observedTimestamp: [17, 5] });
  logger.emit({ timestamp: [1764140508, 123] });
  expect(exporter.getFinishedLogRecords().slice(-2)).toMatchObject([{ hrTime: [17, 5] }, { hrTime: [1764140508, 123] }]);
});
