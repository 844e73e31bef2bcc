import type { Span } from '../../api/index.ts';
import { isHealthPath } from '../../model/health-path.ts';
import { parentName, spanName } from '../span-causes.ts';
import type { Interval } from './chance.ts';
import type { UnseenLibraries } from './flow-evidence.ts';
import { CLOCK_SLACK_NANOS, pathShape } from './flow-index.ts';
import { arrivalSystemOf, systemsOf } from './libraries-for.ts';
import { isOfProcess } from './library-reports.ts';
import { factsOf } from './span-facts.ts';

/** How long after the work what it sent may arrive. */
interface Reach {
  readonly beforeNanos: bigint;
  readonly messageNanos: bigint;
  readonly requestNanos: bigint;
}

/** Where clocks agree and a consumer waits for messages: a service that is asked all the time leaves time between, in which others are seen. */
export const NEAR: Reach = { beforeNanos: 10_000_000n, messageNanos: 50_000_000n, requestNanos: 10_000_000n };
/** Where clocks differ, and a consumer is about something else. */
export const FAR: Reach = { beforeNanos: CLOCK_SLACK_NANOS, messageNanos: 1_000_000_000n, requestNanos: CLOCK_SLACK_NANOS };

/** What a process was asked in the flow: its spans that are not below another one of its own. */
export function workOf(own: readonly Span[], report: UnseenLibraries): Span[] {
  const spans = own.filter((span) => isOfProcess(span, report));
  const names = new Set(spans.map(spanName));
  return spans.filter((span) => !names.has(parentName(span) ?? ''));
}

/** What work of the same kind is called: by its path where its name has none, as of a server without routes. */
export function kindOfWork(span: Span): string {
  const { path } = factsOf(span);
  return path === '' || span.name.includes('/') ? span.name : `${span.name} ${pathShape(path)}`;
}

/** When something would arrive that was sent in this work. */
export function arrivalTime(work: Span, isMessage: boolean, { beforeNanos, messageNanos, requestNanos }: Reach): Interval {
  const { startNanos, endNanos } = factsOf(work);
  return { from: startNanos - beforeNanos, to: endNanos + (isMessage ? messageNanos : requestNanos) };
}

/** Whether the span may be what a process sent by a library that it does not follow: nobody is named as its cause, and it came by such a library. */
export function mayBeUnfollowed(span: Span, report: UnseenLibraries): boolean {
  if (span.parentSpanId !== undefined || (span.links?.length ?? 0) > 0 || isOfProcess(span, report)) return false;
  return systemsOf(report.libraries).includes(arrivalSystemOf(span)) && !isHealthPath(factsOf(span).path);
}
