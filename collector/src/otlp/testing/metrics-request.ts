const TIMES = { startTimeUnixNano: '1790000000000000000', timeUnixNano: '1790000060000000000' };
const ATTRIBUTES = [{ key: 'route', value: { stringValue: '/orders' } }];
const EXEMPLAR = {
  timeUnixNano: '1790000000000000001',
  asInt: '-3',
  spanId: 'cd'.repeat(8),
  traceId: 'ab'.repeat(16),
  filteredAttributes: ATTRIBUTES,
};

/** A request with each kind of metric and every field, in OTLP/JSON's shape. */
export const METRICS_REQUEST = {
  resourceMetrics: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'orders' } }] },
      schemaUrl: 'https://opentelemetry.io/schemas/1.30.0',
      scopeMetrics: [
        {
          scope: { name: 'runtime', version: '1' },
          schemaUrl: 'https://opentelemetry.io/schemas/1.30.0',
          metrics: [
            {
              name: 'memory',
              description: 'used',
              unit: 'By',
              metadata: ATTRIBUTES,
              gauge: {
                dataPoints: [
                  { ...TIMES, attributes: ATTRIBUTES, asInt: '-9223372036854775808', flags: 1 },
                  { ...TIMES, asDouble: 0.5 },
                ],
              },
            },
            {
              name: 'requests',
              sum: { dataPoints: [{ ...TIMES, asInt: '7', exemplars: [EXEMPLAR] }], aggregationTemporality: 2, isMonotonic: true },
            },
            {
              name: 'duration',
              histogram: {
                dataPoints: [
                  {
                    ...TIMES,
                    attributes: ATTRIBUTES,
                    count: '3',
                    sum: 1.5,
                    min: 0.1,
                    max: 1,
                    bucketCounts: ['1', '2'],
                    explicitBounds: [0.5],
                    exemplars: [EXEMPLAR],
                    flags: 1,
                  },
                ],
                aggregationTemporality: 2,
              },
            },
            {
              name: 'sizes',
              exponentialHistogram: {
                dataPoints: [
                  {
                    ...TIMES,
                    attributes: ATTRIBUTES,
                    count: '3',
                    sum: 4,
                    scale: -2,
                    zeroCount: '1',
                    positive: { offset: -5, bucketCounts: ['1', '18446744073709551615'] },
                    negative: { offset: 5, bucketCounts: ['300'] },
                    flags: 1,
                    exemplars: [EXEMPLAR],
                    min: 1,
                    max: 2,
                    zeroThreshold: 0.1,
                  },
                ],
                aggregationTemporality: 1,
              },
            },
            {
              name: 'latency',
              summary: {
                dataPoints: [
                  { ...TIMES, attributes: ATTRIBUTES, count: '3', sum: 4, quantileValues: [{ quantile: 0.5, value: 1 }], flags: 1 },
                ],
              },
            },
          ],
        },
      ],
    },
  ],
};
/** Data points in it. */
export const METRICS_REQUEST_POINTS = 6;
