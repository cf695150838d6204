import { matchesLabels } from '../../../model/label-selector.ts';
import type { WorkloadRecord } from '../../../model/workload-record.ts';
import { builder } from '../../builder.ts';
import { namesInScope } from '../../cluster-scope.ts';
import type { GraphContext } from '../../context.ts';
import { replicasSettled, statusSettled } from '../../derived.ts';
import { Workload } from '../../refs.ts';
import { WORKLOAD_ROWS } from '../../stream-rows.ts';
import { openStream } from '../../streams.ts';
import { clustersArg, filterArg, labelSelectorArg, namespaceArg } from '../lists.ts';
import { defineStream, streamArgs } from '../stream/stream.type.ts';
import { workloadFilter } from './workload.list.ts';

const WorkloadStream = defineStream('Workload', 'workload', Workload);

builder.subscriptionField('workloadChanges', (t) =>
  t.field({
    type: WorkloadStream,
    description:
      'Workloads of all six kinds as they come, change and go. A workload is told again when itself, its numbers, its state or a cause changed.',
    args: { ...clustersArg, ...namespaceArg, ...filterArg(workloadFilter), ...labelSelectorArg, ...streamArgs },
    subscribe: (_root, { clusters, namespace, filter, labelSelector, ...args }, ctx) => {
      const { matches } = workloadFilter.compile(filter);
      return openStream<WorkloadRecord>(
        ctx,
        {
          source: WORKLOAD_ROWS,
          clustersInScope: namesInScope(ctx.store, clusters),
          namespace,
          matches: (workload) => (labelSelector == null || matchesLabels(labelSelector, workload.labels)) && matches(workload, ctx),
          fingerprint: (workload) => fingerprintOf(workload, ctx),
          binding: ['workloadChanges', clusters, namespace, filter, labelSelector],
          reevaluate: { everyMs: REEVALUATE_MS, changes: isMoving },
        },
        args,
      );
    },
    resolve: (message) => message,
  }),
);

const REEVALUATE_MS = 5_000;

/** Its state may change by time alone: a deadline passes, a pod is ready for long enough. */
function isMoving({ replicas, generation, observedGeneration }: WorkloadRecord): boolean {
  const { desired, available, updated } = replicas;
  return available < desired || updated < desired || (observedGeneration ?? 0) < generation;
}

function fingerprintOf(workload: WorkloadRecord, ctx: GraphContext): string {
  const { state, message, causes, currentRevision, updateRevision } = statusSettled(workload, ctx);
  const reasons = causes.map(({ code, count, since }) => [code, count, since]);
  const numbers = Object.values(replicasSettled(workload, ctx));
  return JSON.stringify([workload.uid, workload.resourceVersion, state, message, reasons, currentRevision, updateRevision, numbers]);
}
