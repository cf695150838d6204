import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aClusterRecord, addEvent, aStore, clusterOf } from '../../test/support/a-cluster.ts';
import { aNode } from '../../test/support/a-node.ts';
import type { PodBuilder } from '../../test/support/a-pod.ts';
import { aRevision, aWorkload, type RevisionBuilder, type WorkloadBuilder } from '../../test/support/a-workload.ts';
import { minutes, rfc3339, START, seconds } from '../../test/support/an-object.ts';
import type { ClusterSync } from '../model/cluster.ts';
import { WORKLOAD_KINDS, type WorkloadKind } from '../model/workload-record.ts';
import { WORKLOAD_STATES, workloadStatus, workloadStatusIn } from './workload-state.ts';
import { viewOf } from './workload-view.ts';

/** Half an hour into the story; the workload was changed ten minutes in. */
const now = START + minutes(30);
const changedAt = START + minutes(10);
const missing = 'registry.example/shop/web:missing';

interface Story {
  readonly web: WorkloadBuilder;
  readonly old: RevisionBuilder;
  readonly fresh: RevisionBuilder;
}

/** A workload of ten that goes from v1 to v2, and what the controller says of it. */
function aRollout(kind: WorkloadKind, desired = 10): Story {
  const web = aWorkload(kind).image('registry.example/shop/web:v2').replicas(desired).generation(2).changedAt(changedAt);
  const old = aRevision(web, 'old', 1).image('registry.example/shop/web:v1');
  const fresh = aRevision(web, 'new', 2).createdAt(changedAt);
  if (kind === 'ADVANCED_DAEMON_SET') web.status({ daemonSetHash: 'new' });
  else if (kind !== 'DEPLOYMENT' && kind !== 'DAEMON_SET') web.revisions('web-old', 'web-new');
  web.status({ replicas: desired, currentNumberScheduled: desired });
  return { web, old, fresh };
}

/** New pods made since the change, ready a while ago. */
function ready(pods: readonly PodBuilder[]): PodBuilder[] {
  return pods.map((pod) =>
    pod
      .createdAt(changedAt)
      .startedAt(changedAt)
      .readySince(changedAt + seconds(20)),
  );
}

interface Around {
  readonly nodes?: readonly ReturnType<typeof aNode>[];
  readonly sync?: Partial<ClusterSync>;
  readonly at?: number;
}

function statusAmid({ web, old, fresh }: Story, pods: readonly PodBuilder[], { nodes = [aNode()], sync = {}, at = now }: Around = {}) {
  const store = aStore([web, old, fresh, ...pods, ...nodes], [aClusterRecord('dev', sync)]);
  return workloadStatusIn(clusterOf(store), web.record(), at);
}

const PARTITIONED = ['STATEFUL_SET', 'CLONE_SET', 'ADVANCED_STATEFUL_SET', 'ADVANCED_DAEMON_SET'] as const;

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

describe.each(PARTITIONED)('a %s with a partition', (kind) => {
  const partitioned = (partition: number) => {
    const story = aRollout(kind);
    story.web.partition(partition);
    return story;
  };

  it('pauses there', () => {
    const { web, old, fresh } = partitioned(7);
    expect(statusAmid({ web, old, fresh }, [...old.pods(7), ...ready(fresh.pods(3))])).toMatchObject({
      state: 'PAUSED_AT_PARTITION',
      message: '3 of 10 pods are on the new revision, as many as the partition lets be',
      expectedUpdated: 3,
      since: changedAt + seconds(20),
    });
  });

  it('is in progress on the way there', () => {
    const { web, old, fresh } = partitioned(7);
    web.changedAt(now - seconds(20));
    expect(statusAmid({ web, old, fresh }, [...old.pods(8), ...ready(fresh.pods(2))])).toMatchObject({
      state: 'IN_PROGRESS',
      message: '2 of 10 pods are on the new revision, 3 are to be, 2 of them available',
    });
  });

  it('has not started when the partition lets no pod be new', () => {
    const { web, old, fresh } = partitioned(10);
    expect(statusAmid({ web, old, fresh }, old.pods(10))).toMatchObject({ state: 'NOT_STARTED', expectedUpdated: 0 });
  });

  it('overshoots when more pods are new than it lets be', () => {
    const { web, old, fresh } = partitioned(7);
    expect(statusAmid({ web, old, fresh }, [...old.pods(5), ...ready(fresh.pods(5))])).toMatchObject({
      state: 'OVERSHOOT',
      message: '5 of 10 pods are on the new revision, 2 more than the present brake asks for',
    });
  });

  it('is complete under a partition that was left behind', () => {
    const { web, old, fresh } = partitioned(7);
    expect(statusAmid({ web, old, fresh }, ready(fresh.pods(10)))).toMatchObject({ state: 'COMPLETE', expectedUpdated: 3 });
  });

  it('is stuck when the canary is broken', () => {
    const { web, old, fresh } = partitioned(9);
    const status = statusAmid({ web, old, fresh }, [...old.pods(9), fresh.pod('web-canary').crashLooping(3, now - seconds(10))]);
    expect(status).toMatchObject({
      state: 'STUCK',
      message: '1 of 10 pods is on the new revision; it crashes again and again (container app, exit code 1)',
      causes: [{ code: 'CrashLoop', attributedTo: 'RELEASE' }],
    });
  });

  it('pauses there and tells that an old pod is broken', () => {
    const { web, old, fresh } = partitioned(7);
    const sick = old.pod('web-0').crashLooping(9, now - minutes(9));
    expect(statusAmid({ web, old, fresh }, [...old.pods(6), sick, ...ready(fresh.pods(3))])).toMatchObject({
      state: 'PAUSED_AT_PARTITION',
      causes: [{ code: 'CrashLoop', count: 1, attributedTo: 'UNKNOWN' }],
    });
  });
});

describe.each(['DEPLOYMENT', 'CLONE_SET', 'ADVANCED_STATEFUL_SET', 'ADVANCED_DAEMON_SET'] as const)('a paused %s', (kind) => {
  it('is paused while some pods are old', () => {
    const { web, old, fresh } = aRollout(kind);
    expect(statusAmid({ web: web.paused(), old, fresh }, [...old.pods(7), ...ready(fresh.pods(3))])).toMatchObject({
      state: 'PAUSED',
      message: 'Paused: 3 of 10 pods are on the new revision',
    });
  });

  it('has not started while all are', () => {
    const { web, old, fresh } = aRollout(kind);
    expect(statusAmid({ web: web.paused(), old, fresh }, old.pods(10))).toMatchObject({
      state: 'NOT_STARTED',
      message: 'Paused: none of the 10 pods is on the new revision',
    });
  });

  it('is complete when there is nothing to do', () => {
    const { web, old, fresh } = aRollout(kind);
    expect(statusAmid({ web: web.paused(), old, fresh }, ready(fresh.pods(10)))).toMatchObject({ state: 'COMPLETE' });
  });
});

describe.each(['STATEFUL_SET', 'DAEMON_SET', 'ADVANCED_DAEMON_SET'] as const)('a %s on OnDelete', (kind) => {
  const onDelete = () => {
    const story = aRollout(kind);
    story.web.strategy('OnDelete');
    return story;
  };

  it('has not started before the first deletion', () => {
    const { web, old, fresh } = onDelete();
    expect(statusAmid({ web, old, fresh }, old.pods(10))).toMatchObject({
      state: 'NOT_STARTED',
      message: 'Waiting: none of the 10 pods is on the new revision, and OnDelete updates a pod only when somebody deletes it',
    });
  });

  it('rests between deletions', () => {
    const { web, old, fresh } = onDelete();
    expect(statusAmid({ web, old, fresh }, [...old.pods(7), ...ready(fresh.pods(3))])).toMatchObject({
      state: 'PAUSED_AT_PARTITION',
      message: '3 of 10 pods are on the new revision; OnDelete leaves the others until somebody deletes them',
      expectedUpdated: 3,
    });
  });

  it('waits for the pod that follows a deleted one', () => {
    const { web, old, fresh } = onDelete();
    web.changedAt(now - seconds(20));
    expect(statusAmid({ web, old, fresh }, [...old.pods(7), ...ready(fresh.pods(2))])).toMatchObject({
      state: 'IN_PROGRESS',
      expectedUpdated: 3,
    });
  });
});

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

describe('causes', () => {
  it('are ranked: what explains most, on new pods before old, on many before few', () => {
    const { web, old, fresh } = aRollout('CLONE_SET');
    const pods = [
      ...old.pods(2).map((pod) => pod.crashLooping(9, now - minutes(9))),
      fresh
        .pod('n-1')
        .createdAt(now - minutes(12))
        .startedAt(now - minutes(12))
        .notReady(now - minutes(12)),
      fresh
        .pod('n-2')
        .createdAt(now - minutes(2))
        .unschedulable(),
      fresh.pod('n-3').cannotPull(now - minutes(2)),
      fresh.pod('n-4').cannotPull(now - minutes(2)),
      fresh.pod('n-5').waiting('CreateContainerConfigError', 'secret "db" not found', now - minutes(2)),
    ];
    const { causes } = statusAmid({ web, old, fresh }, [...old.pods(3, 5), ...pods]);
    expect(causes.map(({ code, count, attributedTo }) => `${code} ${count} ${attributedTo}`)).toEqual([
      'ImagePull 2 RELEASE',
      'ConfigError 1 RELEASE',
      'Unschedulable 1 ENVIRONMENT',
      'CrashLoop 2 UNKNOWN',
      'NotReady 1 RELEASE',
    ]);
    expect(causes[2]?.message).toBe('1 pod cannot be scheduled: 0/3 nodes are available: 3 Insufficient cpu');
    expect(causes[1]?.message).toBe('1 pod cannot be started: secret "db" not found');
  });

  it('show five examples at most', () => {
    const { web, old, fresh } = aRollout('CLONE_SET', 20);
    const { causes } = statusAmid({ web, old, fresh }, [
      ...old.pods(10),
      ...fresh.pods(10).map((pod) => pod.image(missing).cannotPull(now - minutes(2))),
    ]);
    expect(causes[0]).toMatchObject({ count: 10, message: `10 pods cannot pull ${missing}` });
    expect(causes[0]?.examples.map(({ name }) => name)).toEqual([0, 1, 2, 3, 4].map((index) => `web-new-${index}`));
  });

  it.each([
    { message: 'rpc error: code = NotFound desc = failed to pull: not found', says: '(no such image)', by: 'RELEASE' },
    { message: 'dial tcp 192.0.2.9:443: i/o timeout', says: '(the registry is out of reach)', by: 'ENVIRONMENT' },
    { message: 'toomanyrequests: rate exceeded', says: '(the registry limits the pulls)', by: 'RELEASE' },
    { message: 'pull access denied, 401 Unauthorized', says: '(the registry denies access)', by: 'RELEASE' },
  ])('of a failed pull with “$message” say $says', ({ message, says, by }) => {
    const { web, old, fresh } = aRollout('DEPLOYMENT');
    const { causes } = statusAmid({ web, old, fresh }, [...old.pods(9), fresh.pod('n').cannotPull(now - minutes(2), message)]);
    expect(causes[0]).toMatchObject({ message: expect.stringContaining(says), attributedTo: by });
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
