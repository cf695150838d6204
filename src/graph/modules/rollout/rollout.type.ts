import type { Run } from '../../../rollout/run.ts';
import { isFinished } from '../../../rollout/state.ts';
import type { Cause as CauseData } from '../../../status/cause.ts';
import { clusterOf } from '../../cluster-of.ts';
import type { GraphContext } from '../../context.ts';
import { allReady, type MaybePromise, whenReady } from '../../maybe-promise.ts';
import { objectOfReference } from '../../references.ts';
import { Cluster, Node, ObjectReference, type Reference, Rollout, Workload } from '../../refs.ts';
import { visibleExamples } from '../../runs.ts';
import { Cause } from '../workload/workload-status.type.ts';
import { RolloutCapabilities } from './capabilities.type.ts';
import { RolloutMethod, RolloutPhase } from './rollout.enums.ts';
import { RolloutReason } from './rollout-reason.type.ts';
import { FieldChange, RolloutProgress, RolloutStep } from './rollout-step.type.ts';
import { RolloutTimelineConnection, timelinePage } from './rollout-timeline.type.ts';

Rollout.implement({
  description:
    'One run that moves one workload from one revision to another, step by step. Durable: it survives a restart of the gateway at any moment.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'Name of its object in the hub; the label `fleetgraph.io/rollout` of the workload begins with it.',
    }),
    cluster: t.field({
      type: Cluster,
      description: 'Cluster that the workload lives or lived in.',
      resolve: (run, _args, ctx) => clusterOf(ctx, run),
    }),
    target: t.field({ type: ObjectReference, description: 'What it moves, also once that is gone.', resolve: targetOf }),
    workload: t.field({
      type: Workload,
      nullable: true,
      description: 'The workload as it is now; null once it is gone, and when another of its name has taken its place.',
      // Its resource is that of a workload.
      resolve: (run, _args, ctx) => objectOfReference(ctx, targetOf(run)) as MaybePromise<typeof Workload.$inferType | undefined>,
    }),
    phase: t.field({ type: RolloutPhase, description: 'Where it is.', resolve: ({ state }) => state.status.phase }),
    finished: t.boolean({ description: 'Nothing more will happen without a new command.', resolve: ({ state }) => isFinished(state) }),
    reason: t.field({
      type: RolloutReason,
      description: 'Why it is where it is, and what would move it.',
      resolve: ({ state }) => state.status.reason,
    }),
    method: t.field({ type: RolloutMethod, description: 'How it holds pods back.', resolve: ({ state }) => state.spec.method }),
    steps: t.field({ type: [RolloutStep], description: 'Its steps, in order.', resolve: ({ state }) => state.status.steps }),
    currentStep: t.int({
      description: '0-based; equals the number of steps once all are done.',
      resolve: ({ state }) => state.status.currentStep,
    }),
    progress: t.field({ type: RolloutProgress, description: 'How far it is.', resolve: ({ state }) => state.status.meter.progress }),
    fromRevision: t.string({
      nullable: true,
      description: 'Name of the revision that the pods were at before; null where it could not be told.',
      resolve: ({ state }) => state.spec.original.revision,
    }),
    toRevision: t.string({
      nullable: true,
      description: 'Name of the revision that the pods go to; null until the controller has named it.',
      resolve: ({ state }) => state.status.revision,
    }),
    changes: t.field({ type: [FieldChange], description: 'What it changes in the workload.', resolve: ({ state }) => state.spec.changes }),
    causes: t.field({
      type: [Cause],
      description: 'What is wrong now, or what halted it; most likely first.',
      resolve: ({ state }, _args, ctx) => visibleCauses(ctx, state.status.causes),
    }),
    createdBy: t.string({
      description: 'User name of who started it; it acts with their rights.',
      resolve: ({ state }) => state.spec.author.username,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was started.' }),
    finishedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was finished; null before.',
      resolve: ({ state }) => state.status.finishedAt,
    }),
    timeline: t.field({
      type: RolloutTimelineConnection,
      nullable: true,
      description: 'What was decided and done, newest first, with who and why: the latest 200 entries.',
      args: {
        first: t.arg.int({ defaultValue: 50, description: 'Entries wanted, 1 to 500.' }),
        after: t.arg.string({ description: 'Cursor of the entry to go on after.' }),
      },
      resolve: ({ state }, page, ctx) => timelinePage(ctx, state.status.timeline, page),
    }),
    viewerCan: t.field({
      type: RolloutCapabilities,
      description: 'What the viewer may do to it now, one field for each verb, each { allowed, reason }.',
      resolve: (run, _args, ctx) => ctx.commands.rolloutCapabilities(ctx.principal, run),
    }),
  }),
});

function targetOf({ resource, state }: Run): Reference {
  const { cluster, apiVersion, kind, namespace, name, uid } = state.spec.target;
  return { cluster, resource, apiVersion, kind, namespace, name, uid };
}

/** A cause names pods: only those that the viewer may see are shown. */
function visibleCauses(ctx: GraphContext, causes: readonly CauseData[]): MaybePromise<readonly CauseData[]> {
  return allReady(causes.map((cause) => whenReady(visibleExamples(ctx, cause.examples), (examples) => ({ ...cause, examples }))));
}
