/** How many spans or log records an OTLP request has: in JSON and in protobuf both are the third level of lists. */
export function countItems(body: Buffer, isJson: boolean): number {
  return isJson ? countJson(JSON.parse(body.toString('utf8'))) : countField(body, [1, 2, 2]);
}

function countJson(request: unknown): number {
  return listsOf(request, ['resourceSpans', 'resourceLogs'])
    .flatMap((resource) => listsOf(resource, ['scopeSpans', 'scopeLogs']))
    .flatMap((scope) => listsOf(scope, ['spans', 'logRecords'])).length;
}

function listsOf(holder: unknown, names: readonly string[]): readonly unknown[] {
  if (typeof holder !== 'object' || holder === null) return [];
  return names.flatMap((name): unknown[] => {
    const list: unknown = Reflect.get(holder, name);
    return Array.isArray(list) ? list : [];
  });
}

/** Follows length-delimited fields of these numbers down to the last and counts that one; everything else is skipped. */
function countField(bytes: Buffer, [field, ...inner]: readonly number[]): number {
  let count = 0;
  let at = 0;
  const readVarint = (): number => {
    let value = 0;
    for (let scale = 1; at < bytes.length; scale *= 128) {
      const byte = bytes[at] ?? 0;
      at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    return value;
  };
  while (at < bytes.length) {
    const tag = readVarint();
    const wireType = tag & 7;
    if (wireType === 0) readVarint();
    else if (wireType !== 2) at += wireType === 1 ? 8 : 4;
    else {
      const length = readVarint();
      if (tag >> 3 === field) count += inner.length === 0 ? 1 : countField(bytes.subarray(at, at + length), inner);
      at += length;
    }
  }
  return count;
}
