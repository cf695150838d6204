import { type Action, type Decision, NOTHING_TO_DO } from '../engine/action.ts';
import type { Controller, ControllerContext } from '../engine/controller.ts';
import { anyOf, itself } from '../engine/sources.ts';
import { conditionOf } from '../objects/conditions.ts';
import { NODES, PODS } from '../objects/kinds.ts';
import { controllerOf, isDeleting } from '../objects/owners.ts';
import { isFinished } from '../objects/pod-facts.ts';
import { sameJson } from '../objects/stable-json.ts';
import { timestamp } from '../objects/timestamps.ts';
import type { Condition, Node, Pod } from '../objects/types.ts';
import { matchesNode, repellingTaint } from './node-fit.ts';

const NAME = 'default-scheduler';

export interface PlacementObservation {
  readonly pod: Pod;
  readonly nodes: readonly NodeLoad[];
  readonly now: number;
}

export interface NodeLoad {
  readonly node: Node;
  readonly pods: number;
  /** Of the same owner as the pod. */
  readonly siblings: number;
}

export function scheduler({ cache, clock }: ControllerContext): Controller {
  const nodes = cache.collection<Node>(NODES);
  const pods = cache.collection<Pod>(PODS);
  const waiting = new Set<string>();
  return {
    name: NAME,
    sources: [
      itself(pods),
      // A node that changed or a pod that went may make room for those that found none.
      anyOf(nodes, (next, previous) => (next === undefined || sameOffer(next, previous) ? [] : waiting)),
      anyOf(pods, (next) => (next === undefined ? waiting : [])),
    ],
    reconcile(key) {
      const pod = pods.get(key);
      const isWaiting = pod !== undefined && needsNode(pod);
      if (!isWaiting) {
        waiting.delete(key);
        return NOTHING_TO_DO;
      }
      waiting.add(key);
      return schedulePod({ pod, nodes: loads(pod), now: clock.now() });
    },
  };

  function loads(pod: Pod): NodeLoad[] {
    const owner = controllerOf(pod)?.uid;
    const counts = new Map<string, { pods: number; siblings: number }>();
    for (const other of pods.all()) {
      const { nodeName } = other.spec;
      if (nodeName === undefined || isFinished(other)) continue;
      const count = counts.get(nodeName) ?? { pods: 0, siblings: 0 };
      count.pods += 1;
      if (owner !== undefined && controllerOf(other)?.uid === owner && !isDeleting(other)) count.siblings += 1;
      counts.set(nodeName, count);
    }
    return [...nodes.all()].map((node) => ({ node, ...(counts.get(node.metadata.name) ?? { pods: 0, siblings: 0 }) }));
  }
}

function needsNode(pod: Pod): boolean {
  const { nodeName = '', schedulerName = NAME } = pod.spec;
  return nodeName === '' && schedulerName === NAME && !isDeleting(pod) && !isFinished(pod);
}

function sameOffer(next: Node, previous: Node | undefined): boolean {
  return (
    previous !== undefined &&
    sameJson(next.spec, previous.spec) &&
    sameJson(next.metadata.labels, previous.metadata.labels) &&
    sameJson(next.status?.allocatable, previous.status?.allocatable)
  );
}

/** The fitting node with the fewest siblings, then the fewest pods; else the reason why there is none. */
export function schedulePod({ pod, nodes, now }: PlacementObservation): Decision {
  const judged = nodes.map((load) => ({ load, problem: problemOf(pod, load) }));
  const fitting = judged.filter(({ problem }) => problem === undefined).map(({ load }) => load);
  const best = fitting.reduce<NodeLoad | undefined>(
    (chosen, load) => (chosen === undefined || isBetter(load, chosen) ? load : chosen),
    undefined,
  );
  return best === undefined
    ? {
        actions: refuse(
          pod,
          judged.map(({ problem }) => problem ?? ''),
          now,
        ),
      }
    : { actions: bind(pod, best.node) };
}

function isBetter(a: NodeLoad, b: NodeLoad): boolean {
  if (a.siblings !== b.siblings) return a.siblings < b.siblings;
  return a.pods !== b.pods ? a.pods < b.pods : a.node.metadata.name < b.node.metadata.name;
}

function problemOf(pod: Pod, { node, pods }: NodeLoad): string | undefined {
  if (isDeleting(node)) return 'node(s) were unschedulable';
  const taint = repellingTaint(node, pod.spec.tolerations ?? []);
  if (taint?.key === 'node.kubernetes.io/unschedulable') return 'node(s) were unschedulable';
  if (taint !== undefined) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  if (!matchesNode(pod.spec, node)) return "node(s) didn't match Pod's node affinity/selector";
  const limit = Number(node.status?.allocatable?.['pods'] ?? 110);
  return pods >= limit ? 'Too many pods' : undefined;
}

function bind(pod: Pod, node: Node): Action[] {
  const { name, namespace } = pod.metadata;
  const message = `Successfully assigned ${namespace}/${name} to ${node.metadata.name}`;
  return [
    { do: 'bind', pod, nodeName: node.metadata.name },
    { do: 'record', event: { regarding: pod, type: 'Normal', reason: 'Scheduled', message, component: NAME } },
  ];
}

function refuse(pod: Pod, problems: readonly string[], now: number): Action[] {
  const message = refusal(problems);
  const present = conditionOf(pod.status?.conditions, 'PodScheduled');
  if (present?.reason === 'Unschedulable' && present.message === message) return [];
  const condition: Condition = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message,
    lastProbeTime: null,
    lastTransitionTime: present?.lastTransitionTime ?? timestamp(now),
  };
  const conditions = [...(pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled'), condition];
  return [
    { do: 'patch', resource: PODS, object: pod, body: { status: { conditions } }, subresource: 'status' },
    { do: 'record', event: { regarding: pod, type: 'Warning', reason: 'FailedScheduling', message, component: NAME } },
  ];
}

/** "0/5 nodes are available: 2 node(s) were unschedulable, 3 Too many pods." */
function refusal(problems: readonly string[]): string {
  if (problems.length === 0) return 'no nodes available to schedule pods';
  const counts = new Map<string, number>();
  for (const problem of problems) counts.set(problem, (counts.get(problem) ?? 0) + 1);
  const parts = [...counts].map(([problem, count]) => `${count} ${problem}`).sort();
  return `0/${problems.length} nodes are available: ${parts.join(', ')}. preemption: 0/${problems.length} nodes are available: ${problems.length} Preemption is not helpful for scheduling.`;
}
