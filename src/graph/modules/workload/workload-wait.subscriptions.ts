import type { WorkloadTarget } from '../../../commands/commands.ts';
import { freshnessOf } from '../../../feed/freshness.ts';
import type { WorkloadRecord } from '../../../model/workload-record.ts';
import { WORKLOAD_RESOURCES } from '../../../model/workload-resources.ts';
import type { WorkloadState as State } from '../../../status/workload-state.ts';
import { builder } from '../../builder.ts';
import { clusterOf } from '../../cluster-of.ts';
import type { GraphContext } from '../../context.ts';
import { replicasSettled, statusSettled } from '../../derived.ts';
import { badInput, graphError } from '../../errors.ts';
import { settleReads } from '../../listing.ts';
import { Workload } from '../../refs.ts';
import { sightIn } from '../../sight.ts';
import { STATUS_READS } from '../../status-cluster.ts';
import { watch } from '../../watching.ts';
import { isRefusal } from '../operation/command.ts';
import { answerOf, deadlineOf, onlyTrue, timeoutArg, type Waited, waitResultFields } from '../wait.ts';
import { visibleTarget, WorkloadRef } from './workload-ref.ts';
import { WorkloadState } from './workload-state.ts';

interface ConditionArguments {
  readonly state?: State | null | undefined;
  readonly updatedAvailable?: number | null | undefined;
  readonly deleted?: boolean | null | undefined;
}

const WorkloadWaitCondition = builder.inputRef<ConditionArguments>('WorkloadWaitCondition').implement({
  description: 'What to wait for. It is believed only of a cluster whose copy is live.',
  isOneOf: true,
  fields: (t) => ({
    state: t.field({ type: WorkloadState, description: '`status.state` is this.' }),
    updatedAvailable: t.int({
      description: 'At least so many pods are at the revision of the present template and available.',
    }),
    deleted: t.boolean({ description: 'It is gone; named by id: also when another one has taken its name. Only true.' }),
  }),
});

const WorkloadWaitResult = builder.objectRef<Waited<WorkloadRecord>>('WorkloadWaitResult').implement({
  description: 'How a wait ended. Exactly one of the three is true.',
  fields: (t) => ({
    ...waitResultFields(t),
    workload: t.field({
      type: Workload,
      nullable: true,
      description: 'The workload as it was then; null when it was not there.',
      resolve: ({ object }) => object,
    }),
  }),
});

builder.subscriptionField('workloadWait', (t) =>
  t.field({
    type: WorkloadWaitResult,
    description:
      'One answer, then it completes; for scripts. One named by name may come into being meanwhile; one named by id that is gone makes all but `deleted` impossible. Ends with FORBIDDEN when the right is lost, and with UNAVAILABLE when the gateway stops: then wait again.',
    args: {
      workload: t.arg({ type: WorkloadRef, required: true, description: 'Which workload.' }),
      for: t.arg({ type: WorkloadWaitCondition, required: true, description: 'What to wait for.' }),
      ...timeoutArg,
    },
    subscribe: async (_root, { workload, for: condition, timeoutSeconds }, ctx) => {
      const deadline = deadlineOf(ctx, timeoutSeconds);
      onlyTrue('for.deleted', condition.deleted);
      if ((condition.updatedAvailable ?? 0) < 0) throw badInput('for.updatedAvailable', 'updatedAvailable is at least 0');
      const target = await visibleTarget(ctx, workload, 'watch', ['workload']);
      if (isRefusal(target))
        throw target.code === 'RIGHTS_UNKNOWN' ? graphError('CLUSTER_UNREACHABLE', target.message) : badInput('workload', target.message);
      return wait(ctx, target, condition, deadline);
    },
    resolve: (answer) => answer,
  }),
);

/** States change with time alone: a pod is ready for long enough. */
const LOOK_MS = 1_000;

function wait(
  ctx: GraphContext,
  target: WorkloadTarget,
  condition: ConditionArguments,
  deadline: number,
): AsyncIterableIterator<Waited<WorkloadRecord>> {
  return watch<Waited<WorkloadRecord>>(ctx, {
    log: ctx.log,
    concerns: ({ commit }) => commit.cluster === target.cluster,
    lookAgainAt: () => Math.min(deadline, ctx.clock.monotonic() + LOOK_MS),
    async look() {
      if (!(await mayWatch(ctx, target))) return answerOf<WorkloadRecord>(ctx, undefined, undefined, deadline) ?? 'blind';
      await settleReads(ctx, [clusterOf(ctx, target)], STATUS_READS);
      const workload = workloadOf(ctx, target);
      return answerOf(ctx, verdictOn(ctx, target, condition, workload), workload, deadline);
    },
  });
}

/** False: nobody can say just now. Throws FORBIDDEN once the right is lost. */
async function mayWatch(ctx: GraphContext, { cluster, workloadKind, namespace }: WorkloadTarget): Promise<boolean> {
  const sight = await sightIn(ctx, clusterOf(ctx, { cluster }), { resource: WORKLOAD_RESOURCES[workloadKind], namespace }, 'watch');
  if (sight === 'hidden') throw graphError('FORBIDDEN', 'no right to read what this stream shows');
  return sight === 'seen';
}

function workloadOf(ctx: GraphContext, { cluster, workloadKind, namespace, name, uid }: WorkloadTarget): WorkloadRecord | undefined {
  const found = clusterOf(ctx, { cluster }).workloads(workloadKind).get(namespace, name);
  return uid === undefined || found?.uid === uid ? found : undefined;
}

function verdictOn(
  ctx: GraphContext,
  { cluster, workloadKind, uid }: WorkloadTarget,
  condition: ConditionArguments,
  workload: WorkloadRecord | undefined,
): 'met' | 'impossible' | undefined {
  if (freshnessOf(clusterOf(ctx, { cluster }).record, [WORKLOAD_RESOURCES[workloadKind], 'pods']) !== 'live') return undefined;
  if (workload === undefined) return condition.deleted === true ? 'met' : uid === undefined ? undefined : 'impossible';
  return holds(ctx, condition, workload) ? 'met' : undefined;
}

function holds(ctx: GraphContext, { state, updatedAvailable }: ConditionArguments, workload: WorkloadRecord): boolean {
  if (state != null) return statusSettled(workload, ctx).state === state;
  if (updatedAvailable == null) return false;
  const isObserved = (workload.observedGeneration ?? 0) >= workload.generation;
  return isObserved && replicasSettled(workload, ctx).updatedAvailable >= updatedAvailable;
}
