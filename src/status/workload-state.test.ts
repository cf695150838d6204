import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addEvent, aStore, clusterOf } from '../../test/support/a-cluster.ts';
import { aNode } from '../../test/support/a-node.ts';
import type { PodBuilder } from '../../test/support/a-pod.ts';
import { aRollout, changedAt, missing, now, ready, statusAmid } from '../../test/support/a-rollout.ts';
import { minutes, START, seconds } from '../../test/support/an-object.ts';
import { WORKLOAD_KINDS } from '../model/workload-record.ts';
import { WORKLOAD_STATES, workloadStatus, workloadStatusIn } from './workload-state.ts';
import { viewOf } from './workload-view.ts';

describe.each(WORKLOAD_KINDS)('a %s', (kind) => {
  const story = () => aRollout(kind);

  it('is complete when every pod is new and available', () => {
    const { web, old, fresh } = story();
    expect(statusAmid({ web, old, fresh }, ready(fresh.pods(10)))).toMatchObject({
      state: 'COMPLETE',
      message: 'All 10 pods are available on revision web-new',
      since: changedAt + seconds(20),
      updateRevision: 'web-new',
      expectedUpdated: 10,
      causes: [],
    });
  });

  it('is unobserved until its controller has seen the change', () => {
    const { web, old, fresh } = story();
    web.generation(3, 2);
    expect(statusAmid({ web, old, fresh }, old.pods(10))).toMatchObject({ state: 'UNOBSERVED', causes: [] });
  });

  it('is in progress while pods are still old', () => {
    const { web, old, fresh } = story();
    web.changedAt(now - seconds(30));
    expect(statusAmid({ web, old, fresh }, [...old.pods(6), ...ready(fresh.pods(4))])).toMatchObject({
      state: 'IN_PROGRESS',
      message: '4 of 10 pods are on the new revision, 4 of them available',
      since: now - seconds(30),
    });
  });

  it('is in progress while a new pod is not ready yet', () => {
    const { web, old, fresh } = story();
    const pods = [
      ...ready(fresh.pods(9)),
      fresh
        .pod('web-late')
        .createdAt(now - seconds(20))
        .notReady(now - seconds(20)),
    ];
    expect(statusAmid({ web, old, fresh }, pods)).toMatchObject({
      state: 'IN_PROGRESS',
      message: '9 of 10 pods are available',
      causes: [],
    });
  });

  it('is stuck when a new pod cannot pull its image for a minute', () => {
    const { web, old, fresh } = story();
    const bad = fresh
      .pod('web-bad')
      .image(missing)
      .createdAt(now - seconds(70))
      .cannotPull(now - seconds(60));
    const status = statusAmid({ web, old, fresh }, [...old.pods(7), ...ready(fresh.pods(2)), bad]);
    expect(status).toMatchObject({
      state: 'STUCK',
      message: `3 of 10 pods are on the new revision; 1 of them cannot pull ${missing}`,
      since: now - seconds(60),
      causes: [
        {
          code: 'ImagePull',
          message: `1 pod cannot pull ${missing}`,
          count: 1,
          attributedTo: 'RELEASE',
          examples: [{ kind: 'Pod', name: 'web-bad' }],
        },
      ],
    });
  });

  it('is not stuck yet after fifty-nine seconds', () => {
    const { web, old, fresh } = story();
    const bad = fresh
      .pod('web-bad')
      .image(missing)
      .cannotPull(now - seconds(59));
    expect(statusAmid({ web, old, fresh }, [...old.pods(7), ...ready(fresh.pods(2)), bad])).toMatchObject({ state: 'IN_PROGRESS' });
  });

  it('is not stuck within the first minute, however fast it crashes', () => {
    const { web, old, fresh } = story();
    const bad = (age: number) =>
      fresh
        .pod('web-bad')
        .createdAt(now - seconds(age))
        .crashLooping(4, now - seconds(3));
    expect(statusAmid({ web, old, fresh }, [...old.pods(7), ...ready(fresh.pods(2)), bad(59)])).toMatchObject({ state: 'IN_PROGRESS' });
    expect(statusAmid({ web, old, fresh }, [...old.pods(7), ...ready(fresh.pods(2)), bad(60)])).toMatchObject({ state: 'STUCK' });
  });

  it('is not stuck for what is wrong with old pods', () => {
    const { web, old, fresh } = story();
    web.changedAt(now - seconds(30));
    const status = statusAmid({ web: web.spec({ podManagementPolicy: 'Parallel' }), old, fresh }, [
      ...old.pods(7),
      old.pod('web-sick').crashLooping(),
      ...ready(fresh.pods(2)),
    ]);
    expect(status).toMatchObject({ state: 'IN_PROGRESS', causes: [{ code: 'CrashLoop', attributedTo: 'UNKNOWN' }] });
  });

  it('does not blame the release for a pod on a dead node', () => {
    const { web, old, fresh } = story();
    web.changedAt(now - minutes(6));
    const lost = fresh
      .pod('web-lost')
      .onNode('dead')
      .cannotPull(now - minutes(5));
    const status = statusAmid({ web, old, fresh }, [...old.pods(7), ...ready(fresh.pods(2)), lost], {
      nodes: [aNode(), aNode('dead').down(now - minutes(6))],
    });
    expect(status.state).toBe('IN_PROGRESS');
    expect(status.causes).toMatchObject([
      { code: 'NodeDown', attributedTo: 'ENVIRONMENT', message: '1 pod is on a node that is down (dead)' },
    ]);
  });

  it('is stuck when it is at rest and a pod that served has been crashing for long', () => {
    const { web, old, fresh } = story();
    if (kind === 'STATEFUL_SET' || kind === 'CLONE_SET' || kind === 'ADVANCED_STATEFUL_SET') web.revisions('web-new', 'web-new');
    const pod = fresh
      .pod('web-sick')
      .startedAt(changedAt)
      .crashLooping(5, now - seconds(90));
    expect(statusAmid({ web, old, fresh }, [...ready(fresh.pods(9)), pod])).toMatchObject({
      state: 'STUCK',
      message: '9 of 10 pods are available; 1 pod crashes again and again (container app, exit code 1)',
      currentRevision: 'web-new',
      updateRevision: 'web-new',
      causes: [{ code: 'CrashLoop', attributedTo: 'UNKNOWN' }],
    });
  });

  it('and has time to recover before that', () => {
    const { web, old, fresh } = story();
    const pod = fresh
      .pod('web-sick')
      .startedAt(changedAt)
      .crashLooping(2, now - seconds(90));
    expect(statusAmid({ web, old, fresh }, [...ready(fresh.pods(9)), pod])).toMatchObject({ state: 'IN_PROGRESS' });
  });

  it('is stuck when a new pod is not ready for the whole deadline', () => {
    const { web, old, fresh } = story();
    const pod = fresh
      .pod('web-slow')
      .createdAt(now - minutes(11))
      .startedAt(now - minutes(11))
      .notReady(now - minutes(11), 'containers with unready status: [app]');
    expect(statusAmid({ web, old, fresh }, [...old.pods(7), ...ready(fresh.pods(2)), pod])).toMatchObject({
      state: 'STUCK',
      causes: [{ code: 'NotReady', attributedTo: 'RELEASE', message: '1 pod is not ready (containers with unready status: [app])' }],
    });
  });

  it('is stuck when nothing at all has moved for the whole deadline', () => {
    const { web, old, fresh } = story();
    expect(statusAmid({ web, old, fresh }, [...old.pods(8), ...ready(fresh.pods(2))])).toMatchObject({
      state: 'STUCK',
      causes: [{ code: 'ProgressDeadlineExceeded', attributedTo: 'UNKNOWN', count: 8 }],
    });
  });

  it('is not, when nobody knows when it was changed', () => {
    const { web, old, fresh } = story();
    delete web.metadata.managedFields;
    expect(statusAmid({ web, old, fresh }, [...old.pods(8), ...ready(fresh.pods(2))])).toMatchObject({ state: 'IN_PROGRESS' });
  });

  it('is judged at the moment that a stale copy shows', () => {
    const { web, old, fresh } = story();
    const bad = fresh.pod('web-bad').cannotPull(now - minutes(5));
    const sync = { state: 'UNREACHABLE', staleSince: now - minutes(5) + seconds(10) } as const;
    expect(statusAmid({ web, old, fresh }, [...old.pods(7), ...ready(fresh.pods(2)), bad], { sync })).toMatchObject({
      state: 'IN_PROGRESS',
    });
  });

  it('is unknown while its pods cannot be seen', () => {
    const sync = {
      resources: [{ resource: 'pods', apiVersion: 'v1', kind: 'Pod', state: 'FORBIDDEN', objects: 0, relists: 0, reconnects: 0 }],
    } as const;
    expect(statusAmid(story(), [], { sync })).toMatchObject({ state: 'UNKNOWN', causes: [] });
  });

  it('is superseded when somebody else changed the template', () => {
    const { web, old, fresh } = story();
    const store = aStore([web, old, fresh, ...old.pods(10)]);
    const view = { ...viewOf(clusterOf(store), web.record()), wantedTemplateDigest: 'another' };
    expect(workloadStatus(web.record(), view, now)).toMatchObject({ state: 'SUPERSEDED' });
    expect(workloadStatus(web.record(), { ...view, wantedTemplateDigest: web.record().templateDigest }, now).state).not.toBe('SUPERSEDED');
  });

  it('says that it is being deleted', () => {
    const { web, old, fresh } = story();
    expect(statusAmid({ web: web.terminating(now - seconds(5)), old, fresh }, old.pods(10))).toMatchObject({
      state: 'IN_PROGRESS',
      message: 'It is being deleted',
    });
  });

  it('that wants no pods is complete without any', () => {
    const { web, old, fresh } = aRollout(kind, 0);
    expect(statusAmid({ web, old, fresh }, [])).toMatchObject({ state: 'COMPLETE', message: 'It wants no pods and has none' });
  });

  it('is stuck when a quota keeps its pods from being made', () => {
    const { web, old, fresh } = story();
    const store = aStore([web, old, fresh, ...old.pods(5), ...ready(fresh.pods(3))]);
    const { apiVersion, kind: ownerKind, metadata } = kind === 'DEPLOYMENT' ? fresh.object() : web.object();
    const message = 'pods "web-x" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=8, limited: pods=8';
    addEvent(store, {
      cluster: 'dev',
      namespace: 'shop',
      name: 'e',
      uid: 'e',
      resourceVersion: '9',
      type: 'Warning',
      reason: 'FailedCreate',
      message,
      count: 9,
      firstSeenAt: now - minutes(5),
      lastSeenAt: now - seconds(20),
      regarding: { apiVersion, kind: ownerKind, namespace: 'shop', name: metadata.name, uid: metadata.uid ?? '' },
    });
    expect(workloadStatusIn(clusterOf(store), web.record(), now)).toMatchObject({
      state: 'STUCK',
      causes: [{ code: 'QuotaExceeded', attributedTo: 'POLICY', since: now - minutes(5), count: 7 }],
    });
  });
});

it('any workload with any pods is in one of the states, and says so in a sentence', () => {
  const troubles: ((pod: PodBuilder) => PodBuilder)[] = [
    (pod) => pod,
    (pod) => pod.notReady(changedAt),
    (pod) => pod.crashLooping(),
    (pod) => pod.cannotPull(),
    (pod) => pod.unschedulable(),
    (pod) => pod.terminating(changedAt),
    (pod) => pod.phase('Failed'),
    (pod) => pod.onNode('dead').notReady(),
  ];
  const trouble = fc.array(fc.constantFrom(...troubles), { maxLength: 6 });
  const options = fc.record({
    kind: fc.constantFrom(...WORKLOAD_KINDS),
    desired: fc.nat(8),
    partition: fc.nat(9),
    paused: fc.boolean(),
    onDelete: fc.boolean(),
    at: fc.nat(7_200),
  });
  fc.assert(
    fc.property(options, trouble, trouble, ({ kind, desired, partition, paused, onDelete, at }, oldTroubles, newTroubles) => {
      const { web, old, fresh } = aRollout(kind, desired);
      web.partition(partition).paused(paused);
      if (onDelete) web.strategy('OnDelete');
      const pods = [
        ...oldTroubles.map((spoil, i) => spoil(old.pod(`o-${i}`))),
        ...newTroubles.map((spoil, i) => spoil(fresh.pod(`n-${i}`))),
      ];
      const status = statusAmid({ web, old, fresh }, pods, { nodes: [aNode(), aNode('dead').down()], at: START + seconds(at) });
      expect(WORKLOAD_STATES).toContain(status.state);
      expect(status.message).toMatch(/^\S.*\S$/);
      if (status.state === 'STUCK') expect(status.causes.length).toBeGreaterThan(0);
      for (const cause of status.causes) expect(cause.count > 0 && cause.examples.length <= 5).toBe(true);
      if (status.expectedUpdated !== undefined) expect(status.expectedUpdated >= 0 && status.expectedUpdated <= desired).toBe(true);
    }),
    { numRuns: 300 },
  );
});
