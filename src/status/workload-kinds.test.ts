import { describe, expect, it } from 'vitest';
import { aStore, clusterOf } from '../../test/support/a-cluster.ts';
import { aNode } from '../../test/support/a-node.ts';
import { aRollout, missing, now, ready, statusAmid } from '../../test/support/a-rollout.ts';
import { minutes, rfc3339, START, seconds } from '../../test/support/an-object.ts';
import { workloadStatusIn } from './workload-state.ts';

describe('a Deployment', () => {
  const progressing = (reason: string, replicaSet: string) => {
    const story = aRollout('DEPLOYMENT');
    story.web.condition('Progressing', 'False', {
      reason,
      message: `ReplicaSet "${replicaSet}" has timed out progressing.`,
      lastTransitionTime: rfc3339(now - minutes(2)),
    });
    story.web.changedAt(now - minutes(3));
    return story;
  };

  it('is stuck when its own deadline for this revision has passed', () => {
    const { web, old, fresh } = progressing('ProgressDeadlineExceeded', 'web-new');
    const slow = fresh
      .pod('web-slow')
      .createdAt(now - minutes(3))
      .notReady(now - minutes(3));
    expect(statusAmid({ web, old, fresh }, [...old.pods(9), slow])).toMatchObject({
      state: 'STUCK',
      causes: [{ code: 'NotReady', attributedTo: 'RELEASE' }],
    });
  });

  it('is not stuck for the deadline of another revision', () => {
    const { web, old, fresh } = progressing('ProgressDeadlineExceeded', 'web-old');
    expect(statusAmid({ web, old, fresh }, [...old.pods(9), ...ready(fresh.pods(1))])).toMatchObject({ state: 'IN_PROGRESS' });
  });

  it('is not stuck for a missed deadline that was made up for', () => {
    const { web, old, fresh } = progressing('ProgressDeadlineExceeded', 'web-new');
    expect(statusAmid({ web, old, fresh }, ready(fresh.pods(10)))).toMatchObject({ state: 'COMPLETE' });
  });

  it('has not started when it is paused and its new template has no ReplicaSet', () => {
    const { web, old, fresh } = aRollout('DEPLOYMENT');
    web.paused().image('registry.example/shop/web:v3');
    expect(statusAmid({ web, old, fresh }, ready(fresh.pods(10)))).toMatchObject({ state: 'NOT_STARTED', currentRevision: 'web-new' });
  });

  it('pauses at maxUnavailable under a minReadySeconds that never ends', () => {
    const { web, old, fresh } = aRollout('DEPLOYMENT');
    web.minReadySeconds(2_147_483_646).rolling({ maxSurge: 0, maxUnavailable: 5 });
    expect(statusAmid({ web, old, fresh }, [...old.pods(5), ...ready(fresh.pods(5))])).toMatchObject({
      state: 'PAUSED_AT_PARTITION',
      message: '5 of 10 pods are on the new revision, as many as maxSurge and maxUnavailable let be under the present brake',
      expectedUpdated: 5,
    });
  });

  it('overshoots under it when a scaling has moved the split', () => {
    const { web, old, fresh } = aRollout('DEPLOYMENT', 12);
    web.minReadySeconds(2_147_483_646).rolling({ maxSurge: 0, maxUnavailable: 5 });
    expect(statusAmid({ web, old, fresh }, [...old.pods(6), ...ready(fresh.pods(6))])).toMatchObject({ state: 'OVERSHOOT' });
  });

  it('waits for pods to be ready long enough without being stuck', () => {
    const { web, old, fresh } = aRollout('DEPLOYMENT');
    web.minReadySeconds(3_600);
    expect(statusAmid({ web, old, fresh }, [...old.pods(7), ...ready(fresh.pods(3))])).toMatchObject({ state: 'IN_PROGRESS' });
  });

  it('is in progress while old pods have still to go', () => {
    const { web, old, fresh } = aRollout('DEPLOYMENT');
    web.changedAt(now - seconds(10));
    expect(statusAmid({ web, old, fresh }, [...old.pods(1), ...ready(fresh.pods(10))])).toMatchObject({ state: 'IN_PROGRESS' });
  });

  it('is complete while old pods are going', () => {
    const { web, old, fresh } = aRollout('DEPLOYMENT');
    expect(statusAmid({ web, old, fresh }, [old.pod('x').terminating(now - seconds(5)), ...ready(fresh.pods(10))])).toMatchObject({
      state: 'COMPLETE',
      causes: [],
    });
  });

  it('names a pod that does not go, even when it is complete', () => {
    const { web, old, fresh } = aRollout('DEPLOYMENT');
    expect(statusAmid({ web, old, fresh }, [old.pod('x').terminating(now - minutes(5)), ...ready(fresh.pods(10))])).toMatchObject({
      state: 'COMPLETE',
      causes: [{ code: 'TerminatingStuck', message: '1 pod does not terminate' }],
    });
  });

  it('goes on without the surge that a quota forbids', () => {
    const { web, old, fresh } = aRollout('DEPLOYMENT');
    web.condition('ReplicaFailure', 'True', {
      reason: 'FailedCreate',
      message: 'exceeded quota: compute',
      lastTransitionTime: rfc3339(now - minutes(5)),
    });
    const latest = fresh
      .pod('web-latest')
      .createdAt(now - seconds(40))
      .startedAt(now - seconds(40))
      .readySince(now - seconds(30));
    expect(statusAmid({ web, old, fresh }, [...old.pods(7), ...ready(fresh.pods(1)), latest])).toMatchObject({ state: 'IN_PROGRESS' });
  });

  it.each([
    {
      name: 'a webhook that refuses',
      message: 'admission webhook "policy.example.com" denied the request: image is not signed by alice',
      code: 'WebhookDenied',
      by: 'POLICY',
    },
    {
      name: 'a webhook that is down',
      message: 'Internal error occurred: failed calling webhook "policy.example.com": connection refused',
      code: 'WebhookFailed',
      by: 'ENVIRONMENT',
    },
    { name: 'a quota', message: 'pods "x" is forbidden: exceeded quota: compute', code: 'QuotaExceeded', by: 'POLICY' },
    {
      name: 'pod security',
      message: 'pods "x" is forbidden: violates PodSecurity "restricted:latest"',
      code: 'AdmissionDenied',
      by: 'POLICY',
    },
    { name: 'something else', message: 'error looking up service account shop/web', code: 'ReplicaFailure', by: 'UNKNOWN' },
  ])('is stuck by $name', ({ message, code, by }) => {
    const { web, old, fresh } = aRollout('DEPLOYMENT');
    web.condition('ReplicaFailure', 'True', { reason: 'FailedCreate', message, lastTransitionTime: rfc3339(now - minutes(5)) });
    const status = statusAmid({ web, old, fresh }, old.pods(8));
    expect(status).toMatchObject({ state: 'STUCK', causes: [{ code, attributedTo: by }] });
    expect(JSON.stringify(status)).not.toContain('alice');
  });

  it('without readable ReplicaSets is unknown', () => {
    const { web } = aRollout('DEPLOYMENT');
    const store = aStore([web, aNode()]);
    expect(workloadStatusIn(clusterOf(store), web.record(), now)).toMatchObject({ state: 'UNKNOWN' });
  });
});

describe('a StatefulSet', () => {
  it('says which broken pod must be deleted when OrderedReady waits for it after a revert', () => {
    const { web, old, fresh } = aRollout('STATEFUL_SET', 4);
    web.image('registry.example/shop/web:v1').revisions('web-old', 'web-old');
    const broken = fresh
      .pod('web-3')
      .image(missing)
      .cannotPull(now - minutes(5));
    const pods = [old.pod('web-0'), old.pod('web-1'), old.pod('web-2'), broken];
    expect(statusAmid({ web, old, fresh }, pods)).toMatchObject({
      state: 'STUCK',
      causes: [
        {
          code: 'StatefulSetForcedRollback',
          message: '1 pod at an old revision is broken and must be deleted before the update can go on (web-3)',
          examples: [{ name: 'web-3' }],
        },
      ],
    });
  });

  it('does not ask that of a pod that the partition keeps old', () => {
    const { web, old, fresh } = aRollout('STATEFUL_SET', 4);
    web.partition(3);
    const pods = [old.pod('web-0').crashLooping(), old.pod('web-1'), old.pod('web-2'), ...ready([fresh.pod('web-3')])];
    expect(statusAmid({ web, old, fresh }, pods)).toMatchObject({ state: 'PAUSED_AT_PARTITION', causes: [{ code: 'CrashLoop' }] });
  });

  it('nor when pods are managed in parallel', () => {
    const { web, old, fresh } = aRollout('STATEFUL_SET', 4);
    web.spec({ podManagementPolicy: 'Parallel' }).changedAt(now - seconds(30));
    expect(statusAmid({ web, old, fresh }, [...old.pods(3), old.pod('web-3').crashLooping()])).toMatchObject({ state: 'IN_PROGRESS' });
  });

  it('is stuck on a pod of a dead node that does not terminate', () => {
    const { web, old, fresh } = aRollout('STATEFUL_SET', 3);
    const lost = old
      .pod('web-2')
      .onNode('dead')
      .terminating(now - minutes(10));
    expect(
      statusAmid({ web, old, fresh }, [old.pod('web-0'), old.pod('web-1'), lost], { nodes: [aNode(), aNode('dead').down()] }),
    ).toMatchObject({
      state: 'STUCK',
      causes: [
        { code: 'TerminatingStuck', attributedTo: 'ENVIRONMENT', message: '1 pod does not terminate from a node that is down (dead)' },
      ],
    });
  });
});

describe('a CloneSet', () => {
  it('is not stuck for a deadline condition that outlived its revision', () => {
    const { web, old, fresh } = aRollout('CLONE_SET');
    web
      .changedAt(now - seconds(30))
      .condition('Progressing', 'False', { reason: 'ProgressDeadlineExceeded', lastUpdateTime: rfc3339(now - minutes(20)) });
    expect(statusAmid({ web, old, fresh }, [...old.pods(9), ...ready(fresh.pods(1))])).toMatchObject({ state: 'IN_PROGRESS' });
  });

  it('is not stuck for a failure that nobody took back', () => {
    const { web, old, fresh } = aRollout('CLONE_SET');
    web
      .changedAt(now - seconds(30))
      .condition('FailedScale', 'True', { message: 'exceeded quota: compute', lastTransitionTime: rfc3339(START) });
    expect(statusAmid({ web, old, fresh }, [...old.pods(8), ...ready(fresh.pods(1))])).toMatchObject({ state: 'IN_PROGRESS' });
  });

  it('names it as an explanation once it is stuck', () => {
    const { web, old, fresh } = aRollout('CLONE_SET');
    web.condition('FailedScale', 'True', { message: 'exceeded quota: compute', lastTransitionTime: rfc3339(START) });
    expect(statusAmid({ web, old, fresh }, [...old.pods(9), ...ready(fresh.pods(1))])).toMatchObject({
      state: 'STUCK',
      causes: [{ code: 'QuotaExceeded' }],
    });
  });

  it('is stuck by a hook that does not answer', () => {
    const { web, old, fresh } = aRollout('CLONE_SET');
    const held = fresh
      .pod('web-held')
      .label('lifecycle.apps.kruise.io/state', 'Updated')
      .annotation('lifecycle.apps.kruise.io/timestamp', rfc3339(now - minutes(7)));
    expect(statusAmid({ web, old, fresh }, [...old.pods(9), held])).toMatchObject({
      state: 'STUCK',
      causes: [{ code: 'HookBlocked', attributedTo: 'POLICY', since: now - minutes(7) }],
    });
  });

  it('is stuck by an update in place that does not end', () => {
    const { web, old, fresh } = aRollout('CLONE_SET');
    const held = fresh
      .pod('web-held')
      .condition('InPlaceUpdateReady', 'False')
      .notReady(now - minutes(15));
    held.annotation('apps.kruise.io/inplace-update-state', JSON.stringify({ updateTimestamp: rfc3339(now - minutes(15)) }));
    expect(statusAmid({ web, old, fresh }, [...old.pods(9), held])).toMatchObject({
      state: 'STUCK',
      causes: [{ code: 'InPlaceUpdateStalled' }],
    });
  });
});

describe('a node agent', () => {
  const nodes = [aNode(), aNode('dead').down(now - minutes(60))];

  it.each(['DAEMON_SET', 'ADVANCED_DAEMON_SET'] as const)('%s is complete although a node is down', (kind) => {
    const { web, old, fresh } = aRollout(kind);
    const lost = old
      .pod('web-lost')
      .onNode('dead')
      .notReady(now - minutes(59));
    expect(statusAmid({ web, old, fresh }, [...ready(fresh.pods(9)), lost], { nodes })).toMatchObject({
      state: 'COMPLETE',
      message:
        '9 of 10 pods are available on revision web-new, and the others are on nodes that are down; 1 pod is on a node that is down (dead)',
      causes: [{ code: 'NodeDown', attributedTo: 'ENVIRONMENT' }],
    });
  });

  it.each(['DAEMON_SET', 'ADVANCED_DAEMON_SET'] as const)('%s is not stuck by a pod that cannot go from a dead node', (kind) => {
    const { web, old, fresh } = aRollout(kind);
    web.changedAt(now - seconds(20));
    const lost = old
      .pod('web-lost')
      .onNode('dead')
      .terminating(now - minutes(30));
    expect(statusAmid({ web, old, fresh }, [...old.pods(4), ...ready(fresh.pods(5)), lost], { nodes })).toMatchObject({
      state: 'IN_PROGRESS',
    });
  });

  it('a canary is not reached by nodes that are down', () => {
    const { web, old, fresh } = aRollout('ADVANCED_DAEMON_SET');
    web.partition(9).changedAt(now - seconds(20));
    const lost = old.pod('web-lost').onNode('dead').notReady();
    expect(statusAmid({ web, old, fresh }, [...old.pods(9), lost], { nodes })).toMatchObject({ state: 'IN_PROGRESS', expectedUpdated: 1 });
  });

  it('pauses at its node selector', () => {
    const { web, old, fresh } = aRollout('ADVANCED_DAEMON_SET', 4);
    web.rolling({ selector: { matchLabels: { pool: 'a' } } });
    const a = aNode('a').label('pool', 'a');
    const pods = [old.pod('w-0'), old.pod('w-1'), ...ready([fresh.pod('w-2'), fresh.pod('w-3')]).map((pod) => pod.onNode('a'))];
    expect(statusAmid({ web, old, fresh }, pods, { nodes: [aNode(), a] })).toMatchObject({
      state: 'PAUSED_AT_PARTITION',
      message: '2 of 4 pods are on the new revision, all on the selected nodes',
      expectedUpdated: 2,
    });
  });

  it('is believed when its revisions cannot be read', () => {
    const { web, old } = aRollout('DAEMON_SET');
    web.status({ numberReady: 10, numberAvailable: 10, updatedNumberScheduled: 10 });
    const store = aStore([web, ...old.pods(10), aNode()]);
    expect(workloadStatusIn(clusterOf(store), web.record(), now)).toMatchObject({
      state: 'COMPLETE',
      message: 'All 10 pods are available',
    });
  });
});
