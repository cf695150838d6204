/**
 * Tells random stories and checks what must always hold: `--of rollouts`, under commands and faults against a small
 * model of the kinds' controllers; `--of informers`, of clusters in trouble and what a fleet shows of them. `--seeds N`
 * stories of each from `--from S`; `--tell` prints each rollout. A failing seed prints its story and how to tell it again.
 */
import { parseArgs } from 'node:util';
import { tellStory } from '../test/support/rollout-model/story.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    tell: { type: 'boolean', default: false },
    of: { type: 'string', default: 'all' },
  },
});
if (!['all', 'rollouts', 'informers'].includes(values.of)) throw new RangeError(`--of ${values.of}: all, rollouts or informers`);
if (values.of !== 'rollouts') await import('../test/support/informer-model/tell-stories.ts');
if (values.of !== 'informers') tellRollouts(Number(values.seeds), Number(values.from));

function tellRollouts(seeds: number, from: number): void {
  const startedAt = performance.now();
  const phases = new Map<string, number>();
  let [failed, writes] = [0, 0];
  for (let seed = from; seed < from + seeds; seed += 1) {
    const story = tellStory(seed);
    phases.set(story.phase, (phases.get(story.phase) ?? 0) + 1);
    writes += story.writes;
    if (story.violations.length === 0 && !values.tell) continue;
    console.log([`seed ${seed}`, ...story.lines, ...story.violations.map((violation) => `  VIOLATION ${violation}`)].join('\n'));
    if (story.violations.length === 0) continue;
    console.log(`  again: npm run simulate:seeds -- --of rollouts --seeds 1 --from ${seed}\n`);
    failed += 1;
    if (failed >= 10) break;
  }
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(
    `${seeds} stories from ${from} in ${seconds} s: ${failed} failed; ${writes} patches; ends: ${[...phases].map(([phase, count]) => `${phase} ${count}`).join(', ')}`,
  );
  if (failed > 0) process.exitCode = 1;
}
