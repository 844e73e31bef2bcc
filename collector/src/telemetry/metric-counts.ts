import type { MetricCount } from '../api/index.ts';
import { nowNanos } from '../now-nanos.ts';

/** The metrics that the collector took since it started, by tenant: tenants come out of the configuration, so there are few. */
export class MetricCounts {
  readonly #counts = new Map<string, MetricCount>();

  add({ tenant, dataPoints }: { readonly tenant: string; readonly dataPoints: number }): void {
    const known = this.#counts.get(tenant);
    this.#counts.set(tenant, {
      tenant,
      requests: 1 + (known?.requests ?? 0),
      dataPoints: dataPoints + (known?.dataPoints ?? 0),
      lastAtUnixNano: String(nowNanos()),
    });
  }

  list(): MetricCount[] {
    return [...this.#counts.values()];
  }
}
