/**
 * Tells informer stories, seed by seed: `--seeds N --from S`, `--defect NAME` with one wrong line in the code.
 * Exit code 1 when an invariant was broken; each failing seed prints the command that tells it again.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { parseArgs } from 'node:util';
import { DEFECTS } from './defects.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5000' },
    from: { type: 'string', default: '1' },
    defect: { type: 'string' },
    // Of the script that this is a part of.
    of: { type: 'string' },
    tell: { type: 'boolean' },
  },
});
if (values.defect !== undefined) commit(values.defect);
const { tellInformerStory } = await import('./story.ts');
const [seeds, from] = [Number(values.seeds), Number(values.from)];
const startedAt = performance.now();
let [failed, commits] = [0, 0];
for (let seed = from; seed < from + seeds && failed < 3; seed += 1) {
  const story = await tellInformerStory(seed);
  commits += story.commits;
  if (story.violations.length === 0) continue;
  failed += 1;
  say([`seed ${seed}`, ...story.lines, ...story.violations.map((violation) => `  VIOLATION ${violation}`)].join('\n'));
  say(`  again: npm run simulate:seeds -- --of informers --seeds 1 --from ${seed}\n`);
  if (values.defect !== undefined) break;
}
const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
say(`${seeds} stories of informers from ${from} in ${seconds} s: ${failed} failed; ${commits} commits`);
if (failed > 0) process.exitCode = 1;

/** The defect's file is loaded with the wrong line in it. */
function commit(name: string): void {
  const defect = DEFECTS.find((one) => one.name === name);
  if (defect === undefined) throw new Error(`no such defect: ${name}`);
  const url = new URL(`../../../${defect.file}`, import.meta.url);
  const source = readFileSync(url, 'utf8').replace(defect.right, () => defect.wrong);
  registerHooks({
    load: (loaded, context, next) =>
      loaded === url.href ? { format: 'module-typescript', source, shortCircuit: true } : next(loaded, context),
  });
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
