import { isVisible } from '../../../auth/access.ts';
import type { ObjectRecord } from '../../../model/object-record.ts';
import type { Run } from '../../../rollout/run.ts';
import { attentionOf, type Attention as Item, type AttentionSeverity as Severity } from '../../../status/attention.ts';
import { builder } from '../../builder.ts';
import { clusterOf } from '../../cluster-of.ts';
import type { ClusterScope } from '../../cluster-scope.ts';
import type { GraphContext } from '../../context.ts';
import { statusSettled } from '../../derived.ts';
import { describedEnum } from '../../enum-values.ts';
import { ALL_WORKLOADS } from '../../kinds.ts';
import { settleReads } from '../../listing.ts';
import { type MaybePromise, whenReady } from '../../maybe-promise.ts';
import { Node, type NodeRow } from '../../refs.ts';
import { STATUS_READS } from '../../status-cluster.ts';

const AttentionSeverity = builder.enumType('AttentionSeverity', {
  description: 'How urgent something is.',
  values: describedEnum<Severity>({
    CRITICAL: 'Somebody is not served, or nobody can tell.',
    WARNING: 'Something does not go on by itself.',
    INFO: 'Worth knowing.',
  }),
});

export const Attention = builder.objectRef<Item>('Attention').implement({
  description: 'Something that somebody should look at.',
  fields: (t) => ({
    severity: t.expose('severity', { type: AttentionSeverity, description: 'How urgent it is.' }),
    message: t.exposeString('message', { description: 'What is wrong, for people.' }),
    since: t.expose('since', { type: 'DateTime', nullable: true, description: 'Since when; null when it cannot be told.' }),
    subject: t.field({ type: Node, nullable: true, description: 'What it is about.', resolve: (item, _args, ctx) => subjectOf(ctx, item) }),
  }),
});

function subjectOf(ctx: GraphContext, { subject }: Item): NodeRow | null {
  switch (subject.type) {
    case 'cluster':
      return clusterOf(ctx, { cluster: subject.cluster.name });
    case 'workload':
      return subject.workload;
    case 'component':
      return { component: subject.component };
    case 'rollout':
      return ctx.runs.get(subject.rollout) ?? null;
  }
}

/** Of what the viewer may see only. A workload whose rollout stands still is told of by the rollout. */
export function visibleAttention(ctx: GraphContext, { clusters }: ClusterScope): MaybePromise<readonly Item[]> {
  const settled = settleReads(ctx, clusters, [...STATUS_READS, ...ALL_WORKLOADS]);
  return whenReady(settled, () => {
    const sees = (row: Pick<ObjectRecord, 'cluster' | 'resource' | 'namespace'>) =>
      isVisible(ctx.visible.settled(clusterOf(ctx, row), row.resource, 'list'), row.namespace);
    const halted = clusters.flatMap(({ record }) => [...ctx.runs.ofCluster(record.name)].filter((run) => isHalted(run) && sees(run)));
    const told = new Set(halted.map(({ state }) => state.spec.target.uid));
    return attentionOf(clusters, ctx.clock.now(), {
      statusOf: (_cluster, workload) => statusSettled(workload, ctx),
      isVisible: (workload) => !told.has(workload.uid) && sees(workload),
      further: halted.map(haltedItem),
    });
  });
}

function isHalted({ state }: Run): boolean {
  return state.status.phase === 'HALTED' || state.status.phase === 'ROLLBACK_FAILED';
}

function haltedItem({ uid, cluster, namespace, state }: Run): Item {
  const { phase, reason } = state.status;
  const what = phase === 'HALTED' ? 'is halted' : 'could not be rolled back';
  return {
    severity: phase === 'HALTED' ? 'WARNING' : 'CRITICAL',
    message: `The rollout of ${namespace}/${state.spec.target.name} in ${cluster} ${what}: ${reason.message}`,
    since: reason.since,
    subject: { type: 'rollout', rollout: uid },
  };
}
