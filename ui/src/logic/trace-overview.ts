import { endOf, NODE, type TraceTree } from './trace-tree.ts';

/** Lines that a minimap has room for, and places on each. */
const LINES = 36;
const PLACES = 800;

/** All of a trace in a small raster: each line stands for as many spans, one after the other in the tree. */
export interface TraceOverview {
  readonly lines: number;
  readonly places: number;
  /** Line by line: 0 nothing, 1 a span, 2 a span with an error. */
  readonly cells: Uint8Array;
  /** Of each line the service whose spans take the most time. */
  readonly services: Uint32Array;
}

/** A pass over the spans, whatever their number and however long each is. */
export function traceOverview(tree: TraceTree): TraceOverview {
  let count = 0;
  for (let node = 0; node < tree.size; node += 1) if (isBar(tree, node)) count += 1;
  const lines = Math.min(LINES, count);
  const cells = new Uint8Array(lines * PLACES);
  const services = new Uint32Array(lines);
  const scale = PLACES / Math.max(1, tree.durationNanos);
  /** Spans that begin (+) and end (-) at a place. */
  let edges = new Int32Array(PLACES + 1);
  let errors = new Int32Array(PLACES + 1);
  let shares = new Map<number, number>();
  let seen = 0;
  let line = 0;
  const close = (): void => {
    let open = 0;
    let failed = 0;
    for (let place = 0; place < PLACES; place += 1) {
      open += edges[place] ?? 0;
      failed += errors[place] ?? 0;
      cells[line * PLACES + place] = failed > 0 ? 2 : open > 0 ? 1 : 0;
    }
    services[line] = [...shares].reduce((most, share) => (share[1] > most[1] ? share : most), [0, -1])[0];
    edges = new Int32Array(PLACES + 1);
    errors = new Int32Array(PLACES + 1);
    shares = new Map();
  };
  for (let node = 0; node < tree.size; node += 1) {
    if (!isBar(tree, node)) continue;
    const own = Math.floor((seen * lines) / count);
    if (own !== line) {
      close();
      line = own;
    }
    seen += 1;
    const from = Math.min(PLACES - 1, Math.max(0, Math.floor((tree.start[node] ?? 0) * scale)));
    const to = Math.min(PLACES, Math.max(from + 1, Math.round(endOf(tree, node) * scale)));
    edges[from] = (edges[from] ?? 0) + 1;
    edges[to] = (edges[to] ?? 0) - 1;
    if (tree.status[node] === 2) {
      errors[from] = (errors[from] ?? 0) + 1;
      errors[to] = (errors[to] ?? 0) - 1;
    }
    const service = tree.service[node] ?? 0;
    shares.set(service, (shares.get(service) ?? 0) + Math.max(1, tree.duration[node] ?? 0));
  }
  if (lines > 0) close();
  return { lines, places: PLACES, cells, services };
}

function isBar(tree: TraceTree, node: number): boolean {
  return tree.type[node] === NODE.span || tree.type[node] === NODE.unfinished;
}
