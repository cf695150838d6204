import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const README = readFileSync(new URL('README.md', import.meta.url), 'utf8');
const RULES = [...Array.from({ length: 38 }, (_, at) => `R${at + 1}`), ...Array.from({ length: 8 }, (_, at) => `I${at + 1}`)];

/** "R7" -> the files named for it. */
const table = new Map(
  [...README.matchAll(/^\| ([RI]\d+) [^|]*\| ([^|]+?) *\|$/gm)].map(([, rule = '', files = '']) => [rule, files.split(', ')]),
);

/** Everything in quotes that may be a title. */
function titlesIn(file: string): string {
  const folder = file.startsWith('simulation/') ? '../../test/' : file.includes('/') ? '../' : './';
  const source = readFileSync(new URL(`${folder}${file}.test.ts`, import.meta.url), 'utf8');
  return [...source.matchAll(/^\s*(?:(?:it|describe)\b.*|['`].*)$/gm)].map(([line]) => line).join('\n');
}

it('the table names every rule once', () => {
  expect([...table.keys()]).toEqual(RULES);
});

it.each(RULES)('%s is in the title of a test in each file that the table names', (rule) => {
  for (const file of table.get(rule) ?? []) expect([file, new RegExp(`\\b${rule}\\b`).test(titlesIn(file))]).toEqual([file, true]);
});
