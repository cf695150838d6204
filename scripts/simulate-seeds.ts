/**
 * Tells random stories and checks what must always hold: `--of rollouts`, under commands and faults against a small
 * model of the kinds' controllers, or with `--whole` through whole gateways and a simulated cluster; `--of informers`, of
 * clusters in trouble and what a fleet shows of them. `--seeds N` stories of each from `--from S`; `--tell` prints each
 * rollout. A failing seed prints its story, and the command that tells it again.
 */
import { parseArgs } from 'node:util';
import { tellStory as tellModelStory } from '../test/support/rollout-model/story.ts';
import { tellStory as tellWholeStory } from '../test/support/rollout-stories/story.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    tell: { type: 'boolean', default: false },
    of: { type: 'string', default: 'all' },
    whole: { type: 'boolean', default: false },
  },
});
if (!['all', 'rollouts', 'informers'].includes(values.of)) throw new RangeError(`--of ${values.of}: all, rollouts or informers`);
if (values.of !== 'rollouts' && !values.whole) await import('../test/support/informer-model/tell-stories.ts');
if (values.of !== 'informers') await tellRollouts(Number(values.seeds), Number(values.from));

async function tellRollouts(seeds: number, from: number): Promise<void> {
  const tellStory = values.whole ? tellWholeStory : tellModelStory;
  const startedAt = performance.now();
  const phases = new Map<string, number>();
  let [failed, writes] = [0, 0];
  for (let seed = from; seed < from + seeds; seed += 1) {
    const story = await tellStory(seed);
    phases.set(story.phase, (phases.get(story.phase) ?? 0) + 1);
    writes += story.writes;
    if (story.violations.length === 0 && !values.tell) continue;
    console.log([`seed ${seed}`, ...story.lines, ...story.violations.map((violation) => `  VIOLATION ${violation}`)].join('\n'));
    if (story.violations.length === 0) continue;
    console.log(`  again: npm run simulate:seeds -- ${values.whole ? '--whole ' : ''}--of rollouts --seeds 1 --from ${seed}\n`);
    failed += 1;
    if (failed >= 10) break;
  }
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const ends = [...phases].map(([phase, count]) => `${phase} ${count}`).join(', ');
  console.log(`${seeds} stories of rollouts from ${from} in ${seconds} s: ${failed} failed; ${writes} patches; ends: ${ends}`);
  if (failed > 0) process.exitCode = 1;
}
