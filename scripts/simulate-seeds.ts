/**
 * Tells stories of rollouts under random commands and faults, and checks what the API server saw: against a small model,
 * or with `--whole` through whole gateways and a simulated cluster. `--seeds N` stories from `--from S`; `--tell` prints
 * each one. A failing seed prints its story, and the command that tells it again.
 */
import { parseArgs } from 'node:util';
import { tellStory as tellModelStory } from '../test/support/rollout-model/story.ts';
import { tellStory as tellWholeStory } from '../test/support/rollout-stories/story.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    tell: { type: 'boolean', default: false },
    whole: { type: 'boolean', default: false },
  },
});
const [seeds, from] = [Number(values.seeds), Number(values.from)];
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
  console.log(`  again: npm run simulate:seeds -- ${values.whole ? '--whole ' : ''}--seeds 1 --from ${seed}\n`);
  failed += 1;
  if (failed >= 10) break;
}
const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
console.log(
  `${seeds} stories from ${from} in ${seconds} s: ${failed} failed; ${writes} patches; ends: ${[...phases].map(([phase, count]) => `${phase} ${count}`).join(', ')}`,
);
process.exitCode = failed === 0 ? 0 : 1;
