const STEPS = [
  ['TiB', 1024 ** 4],
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
] as const;

/** A size with three digits and its unit, as the settings name it: `842 KiB`, `1.24 GiB`, `12 B`. */
export function formatBytes(bytes: number): string {
  const [unit, size] = STEPS.find(([, step]) => bytes >= step * 0.9995) ?? ['B', 1];
  return `${Number((bytes / size).toPrecision(3))} ${unit}`;
}
