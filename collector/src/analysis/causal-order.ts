/** A span as the order of cause sees it. `key` orders where no cause does: a greater one comes later. */
export interface CausalNode<K> {
  readonly key: K;
  /** What this node is called by those that name it; two nodes of one name (a span that was sent twice) are both meant. */
  readonly name: string;
  /** Names of its parent and of what it links to. Names that no node has are passed over. */
  readonly causes: readonly string[];
}

/**
 * The nodes with every cause before what it causes (a parent before its child, a producer before its consumer), otherwise by key.
 * Where clocks disagree the order of cause wins. Causes that go round in a circle have no order: the nodes of a circle stand together,
 * by key, and everything before and after the circle is still in order. The result does not depend on the order of `nodes`
 * as long as no two keys are equal. Time: n log n.
 */
export function causalOrder<K, N extends CausalNode<K>>(nodes: readonly N[], compareKeys: (a: K, b: K) => number): N[] {
  const effects = effectsOf(nodes);
  const circleOf = strongComponents(effects);
  const circles = groupByCircle(nodes, circleOf, compareKeys);
  const waitingFor = circles.map(() => 0);
  for (const [cause, ends] of effects.entries()) {
    for (const effect of ends) {
      const to = circleOf[effect] ?? 0;
      if (circleOf[cause] !== to) waitingFor[to] = (waitingFor[to] ?? 0) + 1;
    }
  }
  const ready = new Heap<number>((a, b) => compareKeys(firstKey(circles, a), firstKey(circles, b)));
  for (const [circle, count] of waitingFor.entries()) if (count === 0) ready.push(circle);
  const ordered: N[] = [];
  for (let circle = ready.pop(); circle !== undefined; circle = ready.pop()) {
    for (const index of circles[circle]?.members ?? []) {
      const node = nodes[index];
      if (node !== undefined) ordered.push(node);
      for (const effect of effects[index] ?? []) {
        const to = circleOf[effect] ?? 0;
        if (to === circle) continue;
        const left = (waitingFor[to] ?? 0) - 1;
        waitingFor[to] = left;
        if (left === 0) ready.push(to);
      }
    }
  }
  return ordered;
}

interface Circle<K> {
  readonly firstKey: K;
  readonly members: readonly number[];
}

function firstKey<K>(circles: readonly Circle<K>[], index: number): K {
  const circle = circles[index];
  if (circle === undefined) throw new RangeError('no such circle');
  return circle.firstKey;
}

/** For each node the indexes of the nodes that it causes, each once and never itself. */
function effectsOf(nodes: readonly CausalNode<unknown>[]): number[][] {
  const byName = Map.groupBy(nodes.keys(), (index) => nodes[index]?.name);
  const effects: number[][] = nodes.map(() => []);
  for (const [index, node] of nodes.entries()) {
    const causes = new Set(node.causes.flatMap((name) => byName.get(name) ?? []));
    for (const cause of causes) if (cause !== index) effects[cause]?.push(index);
  }
  return effects;
}

function groupByCircle<K>(nodes: readonly CausalNode<K>[], circleOf: readonly number[], compareKeys: (a: K, b: K) => number): Circle<K>[] {
  const members: number[][] = [];
  const sorted = nodes.map(({ key }, index) => ({ key, index })).sort((a, b) => compareKeys(a.key, b.key));
  const keys = new Map<number, K>();
  for (const { key, index } of sorted) {
    const circle = circleOf[index] ?? 0;
    if (!keys.has(circle)) keys.set(circle, key);
    members[circle] ??= [];
    members[circle].push(index);
  }
  return members.flatMap((indexes, circle) => {
    const key = keys.get(circle);
    return key === undefined ? [] : [{ firstKey: key, members: indexes }];
  });
}

/**
 * The number of each node's strongly connected component: nodes that reach each other share one. Numbers go from 0 without a gap.
 * Tarjan's algorithm (SIAM J. Comput. 1, 1972) with a stack of its own, since a chain of causes may be longer than the call stack.
 */
function strongComponents(effects: readonly (readonly number[])[]): number[] {
  const UNSEEN = -1;
  const order = effects.map(() => UNSEEN);
  const low = effects.map(() => 0);
  const component = effects.map(() => UNSEEN);
  const open: number[] = [];
  let seen = 0;
  let components = 0;
  for (const start of effects.keys()) {
    if (order[start] !== UNSEEN) continue;
    const path: { readonly node: number; next: number }[] = [];
    const enter = (node: number): void => {
      order[node] = seen;
      low[node] = seen;
      seen += 1;
      open.push(node);
      path.push({ node, next: 0 });
    };
    enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { node } = top;
      const effect = effects[node]?.[top.next];
      if (effect !== undefined) {
        top.next += 1;
        if (order[effect] === UNSEEN) enter(effect);
        else if (component[effect] === UNSEEN) low[node] = Math.min(low[node] ?? 0, order[effect] ?? 0);
        continue;
      }
      path.pop();
      const caller = path.at(-1);
      if (caller !== undefined) low[caller.node] = Math.min(low[caller.node] ?? 0, low[node] ?? 0);
      if (low[node] !== order[node]) continue;
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        component[member] = components;
        if (member === node) break;
      }
      components += 1;
    }
  }
  return component;
}

/** A binary heap: `pop` gives the least. */
class Heap<T> {
  private readonly items: T[] = [];
  private readonly compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.compare = compare;
  }

  push(item: T): void {
    let index = this.items.length;
    this.items.push(item);
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (!this.isLess(index, above)) return;
      this.swap(index, above);
      index = above;
    }
  }

  pop(): T | undefined {
    const [least] = this.items;
    const last = this.items.pop();
    if (this.items.length === 0 || last === undefined) return least;
    this.items[0] = last;
    for (let index = 0; ; ) {
      let smallest = index;
      for (const below of [2 * index + 1, 2 * index + 2]) if (this.isLess(below, smallest)) smallest = below;
      if (smallest === index) return least;
      this.swap(index, smallest);
      index = smallest;
    }
  }

  private isLess(index: number, other: number): boolean {
    const [a, b] = [this.items[index], this.items[other]];
    return a !== undefined && b !== undefined && this.compare(a, b) < 0;
  }

  private swap(index: number, other: number): void {
    const [a, b] = [this.items[index], this.items[other]];
    if (a === undefined || b === undefined) return;
    this.items[index] = b;
    this.items[other] = a;
  }
}
