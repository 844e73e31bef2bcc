import type { ClockPair, TraceClocksAnswer } from '@threadline/collector/api';

/** What is known of a service whose clock is wrong for sure. */
export interface ServiceClock {
  readonly service: string;
  /** The one machine that its spans in the trace are of, where it is known by a name of its own: others of the service may have the right time. */
  readonly machine?: string;
  /** Nanoseconds that its clock is ahead of the root's; negative: behind. */
  readonly offset: number;
  /** What shows it: calls between its clock and another one's. */
  readonly calls: number;
  readonly traces: number;
  /** How far the calls' own estimates are apart, nanoseconds. */
  readonly spread: number;
  /** Nanoseconds that the difference grows or shrinks by in a minute; 0 where it stays. */
  readonly drift: number;
  /** It is off by so much at least: only of messages, which tell no more. */
  readonly isLeast?: boolean;
}

export interface ClockCorrection {
  /** The furthest off first. */
  readonly clocks: readonly ServiceClock[];
  /** Services with machines whose clocks differ from each other: drawn as they are. */
  readonly mixed: readonly string[];
  /** Nanoseconds to add to the times of each service. */
  readonly shifts: ReadonlyMap<string, number>;
}

/** With what each service's times are moved by; the furthest off come first. */
export function correctionOf({ clocks, mixed }: Pick<ClockCorrection, 'clocks' | 'mixed'>): ClockCorrection {
  const sorted = clocks.toSorted((left, right) => Math.abs(right.offset) - Math.abs(left.offset));
  return { clocks: sorted, mixed, shifts: new Map(sorted.map(({ service, offset }) => [service, -offset])) };
}

/** Only what is sure: a service is moved as a whole, where all its machines' clocks are off by the same. */
export function clockCorrection({ clocks, pairs }: Pick<TraceClocksAnswer, 'clocks' | 'pairs'>): ClockCorrection {
  const byService = new Map<string, TraceClocksAnswer['clocks']>();
  for (const clock of clocks) for (const service of clock.services) byService.set(service, [...(byService.get(service) ?? []), clock]);
  const found: ServiceClock[] = [];
  const mixed: string[] = [];
  for (const [service, own] of byService) {
    const offsets = new Set(own.map(({ offsetNano }) => offsetNano));
    if (offsets.size > 1) mixed.push(service);
    const [first] = own;
    const offset = Number(first?.offsetNano ?? 0);
    if (offsets.size > 1 || first === undefined || offset === 0 || !own.every(({ isSure }) => isSure)) continue;
    const evidence = evidenceOf(first.name, pairs);
    found.push({
      service,
      ...(own.length === 1 && first.name !== service && { machine: first.name }),
      offset,
      calls: evidence?.calls ?? 0,
      traces: evidence?.traces ?? 0,
      spread: Number(evidence?.spreadNano ?? 0),
      drift: Math.abs(Number(evidence?.driftNanoPerMinute ?? 0)),
      ...(evidence !== undefined && evidence.lowNano === undefined && { isLeast: true }),
    });
  }
  return correctionOf({ clocks: found, mixed: mixed.sort() });
}

/** Of the calls that the clock is part of, the pair that says most: one that differs before one that agrees, then that with the most calls. */
function evidenceOf(clock: string, pairs: readonly ClockPair[]): ClockPair | undefined {
  const own = pairs.filter(({ caller, called, state }) => (caller === clock || called === clock) && state !== 'unknown');
  return own.toSorted((left, right) => Number(right.state === 'differ') - Number(left.state === 'differ') || right.calls - left.calls)[0];
}
