import { describe } from 'vitest';
import type { Implementation } from './implementation.ts';
import { Stage } from './stage.ts';
import { access } from './topics/access.ts';
import { deletions } from './topics/deletions.ts';
import { discovery } from './topics/discovery.ts';
import { evictions } from './topics/evictions.ts';
import { lists } from './topics/lists.ts';
import { patches } from './topics/patches.ts';
import { subresources } from './topics/subresources.ts';
import { watches } from './topics/watches.ts';
import { writes } from './topics/writes.ts';

const TOPICS = { lists, watches, writes, patches, subresources, deletions, evictions, discovery, access };

/** Every promise of the port `src/kube/api-server.ts`, held against one implementation of it. */
export function describeApiServer(implementation: Implementation): void {
  describe(implementation.name, () => {
    const stage = new Stage(implementation);
    for (const [topic, cases] of Object.entries(TOPICS)) describe(topic, () => cases(stage));
  });
}
