import { describe, expect, it } from 'vitest';
import { tellStory } from '../../test/support/rollout-model/story.ts';

const FROM = 1;
const STORIES = 2_000;

describe('2,000 runs of 30 random commands and faults', () => {
  it('keep every invariant, by the history of the API server alone', { timeout: 120_000 }, () => {
    for (let seed = FROM; seed < FROM + STORIES; seed += 1) {
      const { violations, lines } = tellStory(seed);
      const again = `npm run simulate:seeds -- --seeds 1 --from ${seed}`;
      expect(violations, [again, ...lines].join('\n')).toEqual([]);
    }
  });

  it('tell the same story for the same seed', () => {
    expect(tellStory(42)).toEqual(tellStory(42));
  });
});
