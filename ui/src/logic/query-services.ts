import { topLevelClauses } from './query-edit.ts';

/** One name, bare or in quotes. */
const ONE = /^service:(?:"([^"*\\]+)"|([^\s()"*?\\/][^\s()"*?\\]*))$/;
const SEVERAL = /^service:\(([^()]*)\)$/;

/** The services that a query is about; undefined where it names none, or in a way that only a search can tell. */
export function servicesOf(query: string): readonly string[] | undefined {
  for (const { text } of topLevelClauses(query)) {
    const inside = SEVERAL.exec(text)?.[1];
    const parts = inside === undefined ? [text] : inside.split(/\s+OR\s+/).map((name) => `service:${name.trim()}`);
    const names = parts.map((part) => {
      const [, quoted, bare] = ONE.exec(part) ?? [];
      return quoted ?? bare;
    });
    if (names.every((name) => name !== undefined)) return [...new Set(names)];
  }
  return undefined;
}
