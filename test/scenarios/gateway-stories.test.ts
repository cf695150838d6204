import { describe, expect, it } from 'vitest';
import { tellStory } from '../support/rollout-stories/story.ts';

const FROM = 1;
const STORIES = 150;

describe(`${STORIES} stories of 30 random commands and faults, through whole gateways`, () => {
  it('keep every invariant, by the history of the API server', { timeout: 300_000 }, async () => {
    for (let seed = FROM; seed < FROM + STORIES; seed += 1) {
      const { violations, lines } = await tellStory(seed);
      const again = `npm run simulate:seeds -- --whole --seeds 1 --from ${seed}`;
      expect(violations, [again, ...lines].join('\n')).toEqual([]);
    }
  });

  it('tell the same story for the same seed', async () => {
    expect(await tellStory(11)).toEqual(await tellStory(11));
  });
});
