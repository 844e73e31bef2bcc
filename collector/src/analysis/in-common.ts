import type { AttributeInCommon, KeyValue } from '../api/index.ts';

/** Of fewer that failed, or beside fewer others, what they have in common may be so by chance. */
const MIN_FAILED = 5;
const MIN_OTHERS = 20;
/** How likely it may be that any of the attributes is found that has nothing to do with it. */
const MAX_CHANCE = 0.01;
const MAX_IN_COMMON = 5;
/** What says that and how it failed comes of the failure. */
const OF_FAILURE = /^(exception|error|otel\.status|http\.response)(\.|$|_)|status_?code$/i;

interface Attributed {
  readonly attributes: readonly KeyValue[];
  readonly resource: { readonly attributes: readonly KeyValue[] };
}

/**
 * Values that each of those that failed has, and too few of the others for that to be chance, the rarest among the others first: one tenant, one version, one machine. Attributes
 * of the resource are among them. Nothing where there are too few to tell.
 */
export function inCommon(failed: readonly Attributed[], others: readonly Attributed[]): AttributeInCommon[] {
  const [first] = failed;
  if (first === undefined || failed.length < MIN_FAILED || others.length < MIN_OTHERS) return [];
  const all = scalarsOf(first);
  const rest = failed.slice(1).map(scalarsOf);
  const beside = others.map(scalarsOf);
  return [...all]
    .filter(([key, value]) => rest.every((one) => one.get(key) === value))
    .map(([key, value]) => ({ key, value, others: beside.filter((one) => one.get(key) === value).length }))
    .filter((one) => {
      // One more than was seen: what none of few has may be had by some.
      const share = (one.others + 1) / (others.length + 1);
      return share ** failed.length * all.size <= MAX_CHANCE;
    })
    .sort((left, right) => left.others - right.others)
    .slice(0, MAX_IN_COMMON);
}

function scalarsOf({ attributes, resource }: Attributed): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  // What the record says of itself counts before what its resource does.
  for (const { key, value } of [...attributes, ...resource.attributes]) {
    const text = value?.stringValue ?? value?.intValue ?? value?.boolValue ?? value?.doubleValue;
    if (text !== undefined && !found.has(key) && !OF_FAILURE.test(key)) found.set(key, String(text));
  }
  return found;
}
