import type { TraceAddress } from './use-trace-address.ts';

/** What the flame graph shows and leads to: kept in the page's address, or by the page of a shared file. */
export type FlameAddress = Pick<
  TraceAddress,
  'spanId' | 'flameWay' | 'setFlameWay' | 'frameId' | 'setFrame' | 'moveFrame' | 'find' | 'group' | 'openSpan' | 'showGroup'
>;
/** As `FlameAddress`, of the calls. */
export type CallsAddress = Pick<TraceAddress, 'grouping' | 'setGrouping' | 'showGroup'>;
/** As `FlameAddress`, of the statistics. */
export type StatisticsAddress = CallsAddress & Pick<TraceAddress, 'sort' | 'setSort'>;
