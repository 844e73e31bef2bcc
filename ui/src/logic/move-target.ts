/** Where a key moves the active row of a list to; undefined for keys that move nothing. */
export function moveTarget(
  key: string,
  { active, rowCount, pageRows }: { readonly active: number; readonly rowCount: number; readonly pageRows: number },
): number | undefined {
  const clamp = (row: number) => Math.min(rowCount - 1, Math.max(0, row));
  if (key === 'ArrowDown') return clamp(active + 1);
  if (key === 'ArrowUp') return clamp(active - 1);
  if (key === 'PageDown') return clamp(active + pageRows);
  if (key === 'PageUp') return clamp(active - pageRows);
  if (key === 'Home') return clamp(0);
  return key === 'End' ? clamp(rowCount - 1) : undefined;
}
