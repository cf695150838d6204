import { describe, expect, it } from 'vitest';
import { aCore, anObject } from './testing/core-for-tests.ts';

const EVENTS = { group: '', version: 'v1', resource: 'events', kind: 'Event', namespaced: true };

describe('events', () => {
  it('go an hour after they were last written', async () => {
    const { client, clock } = aCore();
    await client.create(EVENTS, anObject(EVENTS, 'old', { count: 1 }));
    await client.create(EVENTS, anObject(EVENTS, 'renewed', { count: 1 }));
    await clock.advanceBy(1_800_000);
    await client.patch(EVENTS, { namespace: 'default', name: 'renewed' }, { type: 'merge', body: { count: 2 } });
    await clock.advanceBy(1_800_001);
    await client.create(EVENTS, anObject(EVENTS, 'new'));
    expect((await client.list(EVENTS)).items.map(({ metadata }) => metadata.name)).toEqual(['new', 'renewed']);
  });
});
