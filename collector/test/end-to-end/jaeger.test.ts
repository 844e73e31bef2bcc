import { testJaegerBattery } from '../jaeger/battery.ts';

testJaegerBattery(() => ({}));
