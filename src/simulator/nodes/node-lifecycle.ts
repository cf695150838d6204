import { type Action, type Decision, NOTHING_TO_DO, replaceStatus, soonest } from '../engine/action.ts';
import type { Controller, ControllerContext } from '../engine/controller.ts';
import { itself } from '../engine/sources.ts';
import { conditionOf, isTrue } from '../objects/conditions.ts';
import { NODES, PODS } from '../objects/kinds.ts';
import { isDeleting } from '../objects/owners.ts';
import { sameJson } from '../objects/stable-json.ts';
import { millis, timestamp } from '../objects/timestamps.ts';
import type { Condition, Node, NodeSpec, Pod, Taint, Toleration } from '../objects/types.ts';
import type { Machines } from './machines.ts';
import { CORDON_TAINT, tolerates } from './node-fit.ts';

const NAME = 'node-controller';
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const NOT_READY = 'node.kubernetes.io/not-ready';

export interface NodeObservation {
  readonly node: Node;
  /** Milliseconds since its machine was last heard of; undefined while it runs. */
  readonly silentForMs: number | undefined;
  /** Bound to it. */
  readonly pods: readonly Pod[];
  readonly now: number;
}

/** Declares silent nodes unreachable, taints them, and evicts what does not tolerate that for longer. */
export function nodeLifecycle({ cache, clock }: ControllerContext, machines: Machines): Controller {
  const nodes = cache.collection<Node>(NODES);
  const pods = cache.collection<Pod>(PODS);
  return {
    name: NAME,
    sources: [itself(nodes)],
    reconcile(key) {
      const node = nodes.get(key);
      if (node === undefined) return abandoned(key);
      return reconcileNode({ node, silentForMs: machines.downForMs(key), pods: podsOn(key), now: clock.now() });
    },
  };

  function podsOn(name: string): Pod[] {
    return [...pods.all()].filter(({ spec }) => spec.nodeName === name);
  }

  /** Pods of a node that is no more go without waiting for a kubelet that will never answer. */
  function abandoned(name: string): Decision {
    return { actions: podsOn(name).map((object) => ({ do: 'delete', resource: PODS, object, options: { gracePeriodSeconds: 0 } })) };
  }
}

function reconcileNode(observed: NodeObservation): Decision {
  const { node, silentForMs } = observed;
  if (silentForMs !== undefined && silentForMs < GRACE_MS) return { actions: [], lookAgainInMs: GRACE_MS - silentForMs };
  const taints = wantedTaints(observed);
  if (silentForMs !== undefined && !isUnknown(node)) return { actions: declareUnreachable(observed) };
  if (!sameJson(taints, node.spec?.taints ?? []))
    return { actions: [{ do: 'update', resource: NODES, object: { ...node, spec: withTaints(node, taints) } }] };
  const unready = silentForMs === undefined ? [] : markPods(observed);
  const evictions = evict(observed);
  return { actions: [...unready, ...evictions.actions], ...soonest(evictions.lookAgainInMs) };
}

function isUnknown({ status }: Node): boolean {
  return conditionOf(status?.conditions, 'Ready')?.status === 'Unknown';
}

function declareUnreachable({ node, now }: NodeObservation): Action[] {
  const conditions = (node.status?.conditions ?? []).map((condition): Condition => {
    const message = 'Kubelet stopped posting node status.';
    return { ...condition, status: 'Unknown', reason: 'NodeStatusUnknown', message, lastTransitionTime: timestamp(now) };
  });
  const message = `Node ${node.metadata.name} status is now: NodeNotReady`;
  return [
    replaceStatus(NODES, node, { ...node.status, conditions }),
    { do: 'record', event: { regarding: node, type: 'Normal', reason: 'NodeNotReady', message, component: NAME } },
  ];
}

/** The taints that the node's condition and its cordon call for; those of other people stay as they are. */
function wantedTaints({ node, now }: NodeObservation): Taint[] {
  const present = node.spec?.taints ?? [];
  const kept = present.filter(({ key }) => key !== UNREACHABLE && key !== NOT_READY && key !== CORDON_TAINT);
  const ready = conditionOf(node.status?.conditions, 'Ready')?.status;
  const key = ready === 'Unknown' ? UNREACHABLE : ready === 'False' ? NOT_READY : undefined;
  const own: [string, string][] =
    key === undefined
      ? []
      : [
          [key, 'NoSchedule'],
          [key, 'NoExecute'],
        ];
  if (node.spec?.unschedulable === true) own.push([CORDON_TAINT, 'NoSchedule']);
  const added = own.map(
    ([name, effect]) =>
      present.find((taint) => taint.key === name && taint.effect === effect) ?? { key: name, effect, timeAdded: timestamp(now) },
  );
  return [...kept, ...added];
}

function withTaints({ spec = {} }: Node, taints: Taint[]): NodeSpec {
  const { taints: _, ...others } = spec;
  return taints.length === 0 ? others : { ...others, taints };
}

function markPods({ pods, now }: NodeObservation): Action[] {
  return pods
    .filter((pod) => isTrue(pod.status?.conditions, 'Ready'))
    .flatMap((pod): Action[] => [
      { do: 'patch', resource: PODS, object: pod, body: { status: { conditions: unready(pod, now) } }, subresource: 'status' },
      { do: 'record', event: { regarding: pod, type: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready', component: NAME } },
    ]);
}

function unready({ status }: Pod, now: number): Condition[] {
  return (status?.conditions ?? []).map((condition) =>
    condition.type === 'Ready' ? { ...condition, status: 'False', lastTransitionTime: timestamp(now) } : condition,
  );
}

/** Taints of effect NoExecute: at once without a toleration, after its seconds with one, never with a toleration for ever. */
function evict({ node, pods, now }: NodeObservation): Decision {
  const taints = (node.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
  if (taints.length === 0) return NOTHING_TO_DO;
  const dues = pods
    .filter((pod) => !isDeleting(pod))
    .map((pod) => ({ pod, at: Math.min(...taints.map((taint) => evictionAt(pod, taint, now))) }));
  const waiting = dues.map(({ at }) => at - now).filter((wait) => wait > 0 && Number.isFinite(wait));
  const due = dues.filter(({ at }) => at <= now);
  return { actions: due.flatMap(({ pod }) => evictOne(pod)), ...soonest(...waiting) };
}

function evictionAt({ spec }: Pod, taint: Taint, now: number): number {
  const matching = [...(spec.tolerations ?? []), ...admitted(spec.tolerations ?? [], taint)].filter((toleration) =>
    tolerates([toleration], taint),
  );
  if (matching.length === 0) return now;
  const seconds = matching.map(({ tolerationSeconds }) => tolerationSeconds ?? Number.POSITIVE_INFINITY);
  return (millis(taint.timeAdded) ?? now) + Math.min(...seconds) * 1000;
}

/** What a real server's admission adds to pods that say nothing about failing nodes. */
function admitted(tolerations: readonly Toleration[], taint: Taint): Toleration[] {
  const isOurs = taint.key === UNREACHABLE || taint.key === NOT_READY;
  return isOurs && !tolerates(tolerations, taint)
    ? [{ key: taint.key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }]
    : [];
}

function evictOne(pod: Pod): Action[] {
  return [
    {
      do: 'record',
      event: {
        regarding: pod,
        type: 'Normal',
        reason: 'TaintManagerEviction',
        message: `Marking for deletion Pod ${pod.metadata.namespace}/${pod.metadata.name}`,
        component: 'taint-eviction-controller',
      },
    },
    { do: 'delete', resource: PODS, object: pod },
  ];
}

/** How long a node may be silent. */
const GRACE_MS = 40_000;
