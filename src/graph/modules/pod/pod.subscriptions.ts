import { matchesLabels } from '../../../model/label-selector.ts';
import type { PodRecord } from '../../../model/pod-record.ts';
import { builder } from '../../builder.ts';
import { namesInScope } from '../../cluster-scope.ts';
import type { GraphContext } from '../../context.ts';
import { nodeReadySettled, podClassSettled } from '../../derived.ts';
import { listedRevisionOf, listedWorkloadOf } from '../../pod-facts.ts';
import { Pod } from '../../refs.ts';
import { POD_ROWS } from '../../stream-rows.ts';
import { openStream } from '../../streams.ts';
import { clustersArg, filterArg, labelSelectorArg, namespaceArg } from '../lists.ts';
import { defineStream, streamArgs } from '../stream/stream.type.ts';
import { podFilter } from './pod.list.ts';

const PodStream = defineStream('Pod', 'pod', Pod);

builder.subscriptionField('podChanges', (t) =>
  t.field({
    type: PodStream,
    description:
      'Pods as they come, change and go. A pod is told again when itself, the readiness of its node, its workload or its revision changed.',
    args: { ...clustersArg, ...namespaceArg, ...filterArg(podFilter), ...labelSelectorArg, ...streamArgs },
    subscribe: (_root, { clusters, namespace, filter, labelSelector, ...args }, ctx) => {
      const { matches, reads } = podFilter.compile(filter);
      return openStream<PodRecord>(
        ctx,
        {
          source: POD_ROWS,
          clustersInScope: namesInScope(ctx.store, clusters),
          namespace,
          matches: (pod) => (labelSelector == null || matchesLabels(labelSelector, pod.labels)) && matches(pod, ctx),
          fingerprint: (pod) => fingerprintOf(pod, ctx),
          binding: ['podChanges', clusters, namespace, filter, labelSelector],
          reevaluate: {
            everyMs: REEVALUATE_MS,
            // Who the filter asks about may be shown to the viewer later than the pod: then all are looked at.
            ...(reads.length === 0 ? { changes: (pod: PodRecord) => mayChangeByItself(pod, ctx) } : {}),
          },
        },
        args,
      );
    },
    resolve: (message) => message,
  }),
);

const REEVALUATE_MS = 5_000;
/** A pod that has been ready for so long stays what it is until something happens to it. */
const CALM_MS = 3_600_000;

/**
 * Its class may have changed with nothing but time since it was told: it is ready for long enough, or its crashes
 * are long ago. Not asked of the class itself, which has changed already.
 */
function mayChangeByItself(pod: PodRecord, ctx: GraphContext): boolean {
  if (pod.phase === 'Succeeded' || pod.phase === 'Failed') return false;
  if (!pod.ready) return true;
  if (ctx.clock.now() - (pod.readySince ?? 0) > CALM_MS) return false;
  return pod.restarts > 0 || (listedWorkloadOf(pod, ctx)?.minReadySeconds ?? 0) > 0;
}

/** The row and its neighbours, as far as the viewer may see them. */
function fingerprintOf(pod: PodRecord, ctx: GraphContext): string {
  const neighbours = [listedWorkloadOf(pod, ctx)?.uid, listedRevisionOf(pod, ctx)?.uid, nodeReadySettled(pod, ctx)];
  return [pod.uid, pod.resourceVersion, podClassSettled(pod, ctx), ...neighbours].join(' ');
}
