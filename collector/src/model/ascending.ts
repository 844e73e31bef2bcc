/** The order of texts by UTF-16 units, and of whole numbers beyond 2^53. For `sort`. */
export function ascending<Value extends string | bigint>(left: Value, right: Value): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
