/**
 * Writes every generated file: the schema, the error list, the clients' types. With --check changes nothing
 * and fails when a committed file differs from what would be written.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { printErrorCatalogue } from '../src/graph/errors.ts';
import { printSortedSchema } from '../src/graph/print-schema.ts';

const check = process.argv.includes('--check');
const stale: string[] = [];

function generated(path: string, content: string): void {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const present = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (present === content) return;
  stale.push(path);
  if (check) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  console.log(`wrote ${path}`);
}

generated('schema/schema.graphql', printSortedSchema());
generated('schema/errors.md', printErrorCatalogue());

// The clients' types come from the schema just printed, by the recipe in codegen.ts.
const codegen = spawnSync('graphql-codegen', ['--config', 'codegen.ts', ...(check ? ['--check'] : [])], {
  encoding: 'utf8',
  env: { ...process.env, PATH: `node_modules/.bin:${process.env['PATH']}` },
});
if (codegen.status !== 0) {
  console.error(codegen.stdout, codegen.stderr);
  stale.push('clients/sdk/__generated__');
}
if (check && stale.length > 0) {
  console.error(`out of date: ${stale.join(', ')}; run npm run generate`);
  process.exitCode = 1;
}
if (!check && codegen.status !== 0) process.exitCode = 1;
