import { type Context, propagation } from '@opentelemetry/api';

/** Headers of a call that have one of our names, by it, as the app wrote them. */
export type GivenHeaders = Record<string, string>;
/** By name, of headers of a call that are not to be sent as the app wrote them: what to send, undefined for one that must go. */
export type HeaderChanges = Readonly<Record<string, string | undefined>>;

/** What the app wrote under our names; undefined for nothing, as nearly always. */
export function readGivenHeaders(read: (name: string) => string | undefined): GivenHeaders | undefined {
  let given: GivenHeaders | undefined;
  for (const name of propagation.fields()) {
    const value = read(name);
    if (value === undefined) continue;
    given ??= {};
    given[name] = value;
  }
  return given;
}

/** The call's own context in its headers. What the app wrote itself under one of our names is the propagator's to judge. */
export function headerChanges(outgoing: Context, given: GivenHeaders | undefined): HeaderChanges {
  const sent: Record<string, string | undefined> = { ...given };
  propagation.inject(outgoing, sent);
  for (const name in given) {
    if (sent[name] === given[name]) delete sent[name];
    else sent[name] ??= undefined;
  }
  return sent;
}

/** Whether a header goes out as the app wrote it. */
export function isUnchanged(changes: HeaderChanges, name: unknown): boolean {
  return !Object.hasOwn(changes, String(name).toLowerCase());
}

/** Names and values in turn, without those that are changed. */
export function unchangedOf(changes: HeaderChanges, headers: readonly unknown[]): unknown[] {
  return headers.filter((_part, index) => isUnchanged(changes, headers[index - (index % 2)]));
}
