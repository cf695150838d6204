import { describe, expect, it } from 'vitest';
import { FleetStory } from '../../test/support/a-fleet.ts';
import { aPod } from '../../test/support/a-pod.ts';
import { minutes, seconds } from '../../test/support/an-object.ts';
import { ScriptedApiServer } from '../../test/support/scripted-api-server.ts';
import { NODES, PODS } from '../../test/support/served-kinds.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import type { StoreOperation } from '../store/store-batch.ts';

const PERIOD = minutes(4);

function story(clock: VirtualClock): { server: ScriptedApiServer; story: FleetStory } {
  const server = new ScriptedApiServer(clock, [PODS, NODES]);
  for (let at = 0; at < 5; at += 1) put(server, at);
  return { server, story: new FleetStory(clock, { dev: server }, { auditEveryMs: PERIOD }) };
}

function put(server: ScriptedApiServer, at: number): void {
  const pod = aPod(`p-${at}`).object();
  server.put(PODS, { ...pod, metadata: { ...pod.metadata, uid: `uid-${at}` } });
}

const truth = (server: ScriptedApiServer) =>
  server
    .objects(PODS)
    .map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`)
    .sort();

const relists = (told: FleetStory) => told.sync().resources.find(({ resource }) => resource === 'pods')?.relists;

describe('R36 the comparison with the server', () => {
  const held = (told: FleetStory, at: number) => {
    const record = told.cluster().pods.byUid(`uid-${at}`);
    if (record === undefined) throw new Error('no such pod');
    return record;
  };
  it.each<[string, (told: FleetStory) => StoreOperation]>([
    ['lost', () => ({ type: 'remove', resource: 'pods', uid: 'uid-2', resourceVersion: '105' })],
    ['of no object', (told) => ({ type: 'put', record: { ...held(told, 2), uid: 'ghost', name: 'ghost', resourceVersion: '101' } })],
    ['of a version that never was', (told) => ({ type: 'put', record: { ...held(told, 2), resourceVersion: '999', phase: 'Odd' } })],
    [
      'of an old version',
      (told) => ({ type: 'listed', record: { ...held(told, 2), resourceVersion: '50', phase: 'Odd' }, listVersion: '105', newEpoch: true }),
    ],
    [
      // The server was restored from a backup, and wrote past where we were, while nobody looked.
      'of a history that was lost',
      (told) => ({
        type: 'listed',
        record: { ...held(told, 1), resourceVersion: '104', phase: 'Odd' },
        listVersion: '105',
        newEpoch: true,
      }),
    ],
  ])('R36 finds a record %s within a period and repairs it', async (_, defect) => {
    const clock = new VirtualClock();
    const { server, story: told } = story(clock);
    await using _end = told;
    await told.until('LIVE');
    told.store.commit('dev', { operations: [defect(told)] });
    expect(told.pods()).not.toEqual(truth(server));
    await clock.advanceBy(PERIOD * 2.6);
    expect(told.pods()).toEqual(truth(server));
    expect([...told.cluster().pods.all()].every(({ phase }) => phase === 'Running')).toBe(true);
    expect(relists(told)).toBe(1);
    expect(told.fleet.readingCounts('dev')?.differences).toBe(1);
    expect(told.sync().state).toBe('LIVE');
  });

  it('R36 asks for metadata alone, and finds nothing where there is nothing, while objects come, change and go', async () => {
    const clock = new VirtualClock();
    const { server, story: told } = story(clock);
    await using _end = told;
    await told.until('LIVE');
    server.latencyMs = 700;
    for (let round = 0; round < 400; round += 1) {
      put(server, round % 7);
      if (server.objects(PODS).some(({ metadata }) => metadata.name === 'p-3')) server.remove(PODS, 'p-3', 'shop');
      await clock.advanceBy(seconds(5));
    }
    const compared = server.seen('list', PODS).filter(({ options }) => options.metadataOnly === true);
    expect(compared.length).toBeGreaterThan(3);
    expect(relists(told)).toBe(0);
    expect(told.fleet.readingCounts('dev')?.differences).toBe(0);
    expect(told.fleet.readingCounts('dev')?.comparisons).toBeGreaterThan(0);
  });
});
