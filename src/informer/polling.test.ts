import { expect, it } from 'vitest';
import { MirrorSink } from '../../test/support/mirror-sink.ts';
import { ScriptedApiServer } from '../../test/support/scripted-api-server.ts';
import { PODS } from '../../test/support/served-kinds.ts';
import { ApiError } from '../kube/api-error.ts';
import { seededRandom } from '../runtime/random.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { Reflector } from './reflector.ts';

it('R37 a kind that cannot be watched is listed every half minute: modified once, the new object is there after the next list', async () => {
  const clock = new VirtualClock();
  const server = new ScriptedApiServer(clock, [PODS]);
  const sink = new MirrorSink();
  const put = (note: string) =>
    server.put(PODS, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'shop', uid: 'u', labels: { note } } });
  put('old');
  server.script = ({ verb }) =>
    verb === 'watch' ? new ApiError('unsupported', 'not allowed', { status: 405, reason: 'MethodNotAllowed' }) : undefined;
  const states = new Set<string>();
  const reflector = new Reflector({
    ...{ apiServer: server, resource: PODS, sink, clock, random: seededRandom(3) },
    onState: () => states.add(reflector.status.state),
  });
  reflector.start();
  await clock.advanceUntil(() => reflector.status.failure?.reason === 'NotWatchable', 60_000);
  put('new');
  await clock.advanceBy(37_500);
  expect(sink.objects.get('u')?.metadata.labels).toEqual({ note: 'new' });
  const lists = server.fullLists(PODS).length;
  await clock.advanceBy(600_000);
  // Jittered, neither a storm nor a standstill, and never called live: it is as old as the last list.
  expect(server.fullLists(PODS).length - lists).toBeGreaterThanOrEqual(16);
  expect(server.fullLists(PODS).length - lists).toBeLessThanOrEqual(27);
  expect(reflector.status).toMatchObject({ state: 'DEGRADED', failure: { reason: 'NotWatchable' } });
  server.remove(PODS, 'a', 'shop');
  await clock.advanceBy(37_500);
  expect(sink.objects.size).toBe(0);
  expect(server.seen('watch')).toHaveLength(2);
  await reflector.stop();
  expect(clock.pendingTimers).toBe(0);
});
