import { Link } from '@tanstack/react-router';

/** To a trace, and in it to a span; named by the first digits of its id. */
export function TraceLink({ traceId, spanId }: { readonly traceId: string; readonly spanId: string | undefined }) {
  return (
    <Link
      to="/trace/$traceId"
      params={{ traceId }}
      search={spanId === undefined ? {} : { span: spanId }}
      tabIndex={-1}
      onClick={(event) => event.stopPropagation()}
    >
      {traceId.slice(0, 8)}
    </Link>
  );
}
