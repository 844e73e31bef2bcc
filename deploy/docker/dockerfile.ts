import { readFileSync } from 'node:fs';

/** One instruction: its word in capitals and what follows it, with continued lines joined. */
export interface Instruction {
  readonly word: string;
  readonly rest: string;
}

/** The stages of a Dockerfile, each from its FROM on, comments left out. */
export function readDockerfile(file: string | URL): Instruction[][] {
  const stages: Instruction[][] = [];
  const text = readFileSync(file, 'utf8')
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n/g, ' ');
  for (const line of text.split('\n')) {
    const [, word, rest] = /^\s*([A-Za-z]+)\s+(.+?)\s*$/.exec(line) ?? [];
    if (word === undefined || rest === undefined) continue;
    if (word.toUpperCase() === 'FROM') stages.push([]);
    stages.at(-1)?.push({ word: word.toUpperCase(), rest });
  }
  return stages;
}

/** What follows each instruction of that word. */
export function restOf(stage: readonly Instruction[], word: string): string[] {
  return stage.filter((instruction) => instruction.word === word).map(({ rest }) => rest);
}
