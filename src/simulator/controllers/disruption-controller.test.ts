import { describe, expect, it } from 'vitest';
import { DEPLOYMENTS, DISRUPTION_BUDGETS } from '../objects/kinds.ts';
import type { DisruptionBudget } from '../objects/types.ts';
import { demo, Story } from '../testing/story.ts';

const allowed = async (story: Story) => (await story.get<DisruptionBudget>(DISRUPTION_BUDGETS, 'demo')).status?.disruptionsAllowed;

describe('a disruption budget', () => {
  it('lets pods be evicted as far as the others suffice', async () => {
    await using story = await Story.begin();
    await story.create(DEPLOYMENTS, demo('apps/v1', 'Deployment', { replicas: 3 }));
    const spec = { selector: { matchLabels: { app: 'demo' } }, minAvailable: 2 };
    await story.create(DISRUPTION_BUDGETS, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'demo', namespace: 'shop' },
      spec,
    });
    await story.seconds(5);
    expect(await allowed(story)).toBe(1);
    const [one, two] = (await story.pods('demo')).map(({ metadata }) => ({ namespace: 'shop', name: metadata.name }));
    await story.api.evict(one ?? { name: '' });
    await expect(story.api.evict(two ?? { name: '' })).rejects.toMatchObject({ code: 'throttled' });
    await story.seconds(10);
    expect(await allowed(story)).toBe(1);
  });
});
