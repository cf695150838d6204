import { expect, it } from 'vitest';
import { tellInformerStory } from '../support/informer-model/story.ts';

/** More by `npm run simulate:seeds -- --of informers --seeds 100000`. */
const SEEDS = Number(process.env['STORY_SEEDS'] ?? 5_000);
const PARTS = 10;

it.each(Array.from({ length: PARTS }, (_, part) => part))(
  'I1 I2 I3 I4 I6 I7 I8 whatever happens to a cluster, no invariant is broken (part %i)',
  async (part) => {
    for (let seed = part + 1; seed <= SEEDS; seed += PARTS) {
      const { lines, violations } = await tellInformerStory(seed);
      if (violations.length > 0)
        expect.fail([...lines, ...violations, `again: npm run simulate:seeds -- --of informers --seeds 1 --from ${seed}`].join('\n'));
    }
  },
  120_000,
);
