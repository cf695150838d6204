import type { ContainerImage as Image, IntOrString } from '../../../model/object-record.ts';
import type { WorkloadKind as Kind, WorkloadRecord, WorkloadStrategy } from '../../../model/workload-record.ts';
import type { Run } from '../../../rollout/run.ts';
import { componentNameOf } from '../../../status/component.ts';
import { podsOfWorkload } from '../../../status/owners.ts';
import { replicasOf } from '../../../status/workload-replicas.ts';
import { builder } from '../../builder.ts';
import { clusterOf } from '../../cluster-of.ts';
import { onlyCluster } from '../../cluster-scope.ts';
import type { ComponentRow } from '../../components.ts';
import { Connection } from '../../connection.ts';
import type { GraphContext } from '../../context.ts';
import { observe, statusOfWorkload } from '../../derived.ts';
import { typeNameOfWorkload } from '../../kinds.ts';
import { type MaybePromise, whenReady } from '../../maybe-promise.ts';
import { pageSize } from '../../pagination.ts';
import { Component, KubernetesResource, Node, Rollout, Workload, WorkloadRevision, type WorkloadRevisionRow } from '../../refs.ts';
import { runsOfWorkload, seesRun } from '../../runs.ts';
import { partOfShelf } from '../../shelves.ts';
import { listArgs, listBy } from '../lists.ts';
import { PodConnection, podList } from '../pod/pod.list.ts';
import { RolloutConnection, rolloutOrder } from '../rollout/rollout.list.ts';
import { WorkloadCapabilities } from './capabilities.type.ts';
import { ContainerImage } from './container-image.type.ts';
import { WorkloadKind } from './workload-kind.ts';
import { WorkloadReplicas, WorkloadStatus } from './workload-status.type.ts';

const optional = (get: (strategy: WorkloadStrategy) => IntOrString | undefined) => get;

const UpdateStrategy = builder.objectRef<WorkloadStrategy>('UpdateStrategy').implement({
  description: 'How a workload replaces its pods.',
  fields: (t) => ({
    type: t.exposeString('type', { description: 'As the kind writes it, e.g. RollingUpdate, Recreate, OnDelete, InPlaceIfPossible.' }),
    partition: t.field({
      type: 'IntOrString',
      nullable: true,
      description: 'The brake: pods that stay old, or for a StatefulSet the first ordinal that becomes new. Null where there is none.',
      resolve: optional(({ partition }) => partition),
    }),
    maxUnavailable: t.field({
      type: 'IntOrString',
      nullable: true,
      description: 'Pods that may be missing during an update; null where the kind has no such limit or it is not set.',
      resolve: optional(({ maxUnavailable }) => maxUnavailable),
    }),
    maxSurge: t.field({
      type: 'IntOrString',
      nullable: true,
      description:
        'Pods that may be there beyond the wanted number during an update; null where the kind has no such limit or it is not set.',
      resolve: optional(({ maxSurge }) => maxSurge),
    }),
    paused: t.exposeBoolean('paused', { description: 'Whether its pause flag is set.' }),
    inPlace: t.exposeBoolean('inPlace', { description: 'Whether pods may be updated without being made anew.' }),
  }),
});

Workload.implement({
  description:
    'One view of the six kinds. Concrete types: Deployment, StatefulSet, DaemonSet, CloneSet, AdvancedStatefulSet, AdvancedDaemonSet; each adds what only it has.',
  interfaces: [Node, KubernetesResource],
  resolveType: typeNameOfWorkload,
  fields: (t) => ({
    workloadKind: t.expose('workloadKind', { type: WorkloadKind, description: 'Which of the six kinds it is.' }),
    generation: t.exposeInt('generation', { description: 'Counts the changes of its spec.' }),
    observedGeneration: t.exposeInt('observedGeneration', {
      nullable: true,
      description: 'Up to which generation its controller has looked; null before its first look.',
    }),
    images: t.field({
      type: [ContainerImage],
      description: 'Image of each container of its template.',
      resolve: ({ images }): readonly Image[] => images,
    }),
    updateStrategy: t.field({ type: UpdateStrategy, description: 'How it replaces its pods.', resolve: ({ strategy }) => strategy }),
    replicas: t.field({
      type: WorkloadReplicas,
      description: 'Numbers of its pods.',
      resolve: (workload, _args, ctx) => whenReady(observe(ctx, workload), replicasOf),
    }),
    status: t.field({
      type: WorkloadStatus,
      description: 'What is really happening to it, whoever started it: derived from the object and its pods.',
      resolve: (workload, _args, ctx) => statusOfWorkload(ctx, workload),
    }),
    revisions: t.field({
      type: [WorkloadRevision],
      nullable: true,
      description: 'Its revisions, the newest first. Null when the viewer may not see them.',
      args: { first: t.arg.int({ defaultValue: 10, description: 'Revisions wanted, 1 to 500.' }) },
      resolve: (workload, { first }, ctx) => revisionsOf(ctx, workload, first),
    }),
    component: t.field({
      type: Component,
      nullable: true,
      description: 'Component that it belongs to; null when it belongs to none.',
      resolve: (workload) => componentOf(workload),
    }),
    rollout: t.field({
      type: Rollout,
      nullable: true,
      description: 'The rollout that is moving it now, if it is one of ours.',
      resolve: (workload, _args, ctx) => activeRunOf(ctx, workload),
    }),
    rollouts: t.field({
      type: RolloutConnection,
      nullable: true,
      description:
        'Rollouts of the workload of this name, newest first, also of one that was there before it. Null when the viewer may not list them.',
      args: {
        first: t.arg.int({ defaultValue: 20, description: 'Rollouts wanted, 1 to 500.' }),
        after: t.arg.string({ description: 'Cursor of the rollout to go on after.' }),
      },
      resolve: (workload, page, ctx) =>
        whenReady(
          runsOfWorkload(ctx, workload),
          (runs) =>
            runs &&
            new Connection(ctx, () => runs, { sorting: rolloutOrder.sorting(undefined), page, defaultSize: ROLLOUTS, parts: () => [] }),
        ),
    }),
    viewerCan: t.field({
      type: WorkloadCapabilities,
      description:
        'What the viewer may do to it now, one field for each mutation, each { allowed, reason }. Never waits for a dead cluster.',
      resolve: (workload, _args, ctx) => ctx.commands.workloadCapabilities(ctx.principal, workload),
    }),
    pods: t.field({
      type: PodConnection,
      nullable: true,
      description: 'Its pods, at any revision.',
      args: listArgs(podList),
      resolve: (workload, args, ctx) => listBy(ctx, podList, podsOf(ctx, workload), args),
    }),
  }),
});

const ROLLOUTS = 20;

/** One that moves another object of the same name is not moving this one. */
function activeRunOf(ctx: GraphContext, workload: WorkloadRecord): MaybePromise<Run | undefined> {
  const run = ctx.runs.activeOn(workload);
  if (run === undefined || run.state.spec.target.uid !== workload.uid) return undefined;
  return whenReady(seesRun(ctx, run, 'get'), (sees) => (sees ? run : undefined));
}

function componentOf(workload: WorkloadRecord): ComponentRow | undefined {
  const component = componentNameOf(workload);
  return component === undefined ? undefined : { component };
}

function revisionsOf(
  ctx: GraphContext,
  workload: WorkloadRecord,
  first: number | null | undefined,
): MaybePromise<WorkloadRevisionRow[] | undefined> {
  const size = pageSize(first, REVISIONS);
  const cluster = clusterOf(ctx, workload);
  const whole = workload.workloadKind === 'DEPLOYMENT' ? cluster.replicaSets : cluster.controllerRevisions;
  return whenReady(ctx.visible.sees(cluster, whole.resource, 'list', workload.namespace), (sees) =>
    sees
      ? whenReady(observe(ctx, workload), ({ revisions }) => revisions.all.slice(0, size).map((revision) => ({ workload, revision })))
      : undefined,
  );
}

const REVISIONS = 10;

function podsOf(ctx: GraphContext, workload: WorkloadRecord) {
  const cluster = clusterOf(ctx, workload);
  const shelf = partOfShelf(cluster.pods, () => podsOfWorkload(cluster, workload));
  return { scope: onlyCluster(cluster), shelves: () => [shelf], namespace: workload.namespace };
}

const KINDS: Readonly<Record<Kind, string>> = {
  DEPLOYMENT: 'A Deployment of `apps`: its pods hang on ReplicaSets, one for each revision.',
  STATEFUL_SET: 'A StatefulSet of `apps`: its pods have ordinals and are updated from the highest down.',
  DAEMON_SET: 'A DaemonSet of `apps`: one pod on each node that fits.',
  CLONE_SET: 'A CloneSet of OpenKruise: like a Deployment, with a partition and updates in place.',
  ADVANCED_STATEFUL_SET: 'An Advanced StatefulSet of OpenKruise: a StatefulSet that can update several pods at once and in place.',
  ADVANCED_DAEMON_SET: 'An Advanced DaemonSet of OpenKruise: a DaemonSet with a partition, a selector and updates in place.',
};

const concrete = (kind: Kind) =>
  builder.objectRef<WorkloadRecord>(typeNameOfWorkload({ workloadKind: kind })).implement({
    description: KINDS[kind],
    interfaces: [Node, KubernetesResource, Workload],
  });

concrete('DAEMON_SET');
concrete('CLONE_SET');
concrete('ADVANCED_DAEMON_SET');

builder.objectField(concrete('DEPLOYMENT'), 'progressDeadlineSeconds', (t) =>
  t.int({
    nullable: true,
    description: 'After how long without progress its controller gives an update up for stuck; null where it is not set.',
    resolve: ({ progressDeadlineSeconds }) => progressDeadlineSeconds,
  }),
);

for (const statefulSet of [concrete('STATEFUL_SET'), concrete('ADVANCED_STATEFUL_SET')]) {
  builder.objectField(statefulSet, 'podManagementPolicy', (t) =>
    t.string({
      nullable: true,
      description: '`OrderedReady`: pods are made one after the other; `Parallel`: all at once.',
      resolve: ({ strategy }) => strategy.podManagementPolicy,
    }),
  );
}
