import { inject } from 'vitest';
import { testJaegerBattery } from '../jaeger/battery.ts';

testJaegerBattery(() => ({ THREADLINE_STORAGE: 'elasticsearch', THREADLINE_ELASTICSEARCH_URL: inject('elasticsearchUrl') }));
