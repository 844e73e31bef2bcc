import { useMemo } from 'react';
import type { CallGraph } from '../../logic/call-graph.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import type { TraceTree } from '../../logic/trace-tree.ts';
import { useFormat } from '../../messages/format.tsx';
import { spanName } from '../../messages/span-name.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { LayeredDiagram } from '../../shared/LayeredDiagram/layered-diagram.tsx';
import { useServiceColor } from '../../shared/ServiceName/service-hues.tsx';

interface CallDiagramProps {
  readonly graph: CallGraph;
  /** Places in the graph's statistics. */
  readonly nodes: readonly number[];
  readonly tree: Pick<TraceTree, 'services' | 'names'>;
  readonly selected: number;
  readonly onSelect: (place: number) => void;
}

/** Who called whom in the trace, how often and for how long. */
export function CallDiagram({ graph, nodes, tree, selected, onSelect }: CallDiagramProps) {
  const t = useTranslate();
  const format = useFormat();
  const colorOf = useServiceColor();
  const { statistics, edges } = graph;
  const lines = useMemo(() => {
    const at = new Map(nodes.map((node, index) => [node, index]));
    const most = edges.total.reduce((greatest, total) => Math.max(greatest, total), 1);
    return Array.from({ length: edges.size }, (_, edge) => edge).flatMap((edge) => {
      const [from, to] = [at.get(edges.from[edge] ?? -1), at.get(edges.to[edge] ?? -1)];
      if (from === undefined || to === undefined) return [];
      const [total, failed] = [edges.total[edge] ?? 0, edges.errors[edge] ?? 0];
      const text = `${format.number(edges.count[edge] ?? 0)}×  ${formatDuration(total)}`;
      return [{ key: edge, from, to, text, failed: failed > 0 ? `✕ ${format.number(failed)}` : '', weight: total / most }];
    });
  }, [edges, nodes, format]);
  return (
    <LayeredDiagram
      label={t('calls.diagram')}
      boxes={nodes.map((node) => {
        const service = tree.services[statistics.service[node] ?? 0] ?? '';
        const operation = tree.names[statistics.name[node] ?? 0];
        const failed = statistics.errors[node] ?? 0;
        const self = t('flame.self', { shown: formatDuration(statistics.self[node] ?? 0) });
        return {
          key: node,
          title: operation === undefined ? service : spanName(operation, t),
          facts: `${format.number(statistics.count[node] ?? 0)}×  ${formatDuration(statistics.total[node] ?? 0)}  ${self}`,
          failed: failed > 0 ? `✕ ${format.number(failed)}` : '',
          color: colorOf(service),
        };
      })}
      lines={lines}
      selected={nodes.indexOf(selected)}
      onSelect={(place) => onSelect(nodes[place] ?? -1)}
    />
  );
}
