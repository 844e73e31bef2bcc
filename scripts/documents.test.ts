import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './workspace/repository.mjs';

const DOCUMENTS = globSync('**/*.md', { cwd: ROOT, exclude: (name) => name === 'node_modules' || name === 'dist' || name.startsWith('.') });
/** A link or a picture, without the part behind `#`. */
const LINK = /\]\(([^)\s#]+)/g;

describe('a document', () => {
  it.each(DOCUMENTS)('%s has no marks of a merge that was not finished', (document) => {
    const lines = readFileSync(path.join(ROOT, document), 'utf8').split('\n');
    expect(lines.filter((line) => /^(?:<{7}|>{7}|\|{7}) /.test(line))).toEqual([]);
  });

  it.each(DOCUMENTS)('%s leads to files that are there', (document) => {
    const text = readFileSync(path.join(ROOT, document), 'utf8');
    const links = [...text.matchAll(LINK)].map(([, link = '']) => link).filter((link) => !/^[a-z]+:/.test(link));
    expect(links.filter((link) => !existsSync(path.join(ROOT, path.dirname(document), decodeURI(link))))).toEqual([]);
  });
});
