import type { JsonObject } from '../../model/kube-object.ts';
import { matchesNode, taintsOf, tolerates } from '../nodes/node-fit.ts';
import { podFromTemplate } from '../objects/pod-template.ts';
import type { DaemonSet, Node, Pod, PodSpec, PodTemplate, Toleration } from '../objects/types.ts';

/** Added to every pod of a DaemonSet. Source: kubernetes/kubernetes pkg/controller/daemon/util/daemonset_util.go. */
const TOLERATIONS: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];
const NETWORK_TOLERATION: Toleration = { key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' };

export interface NodeVerdict {
  /** A pod belongs there. */
  readonly shouldRun: boolean;
  /** A pod that is there may stay. */
  readonly mayStay: boolean;
}

export function judgeNode({ spec }: DaemonSet, node: Node): NodeVerdict {
  const tolerations = tolerationsOf(spec.template.spec);
  if (!matchesNode(spec.template.spec, node)) return { shouldRun: false, mayStay: false };
  const refused = taintsOf(node).filter((taint) => !tolerates(tolerations, taint));
  return {
    shouldRun: !refused.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute'),
    mayStay: !refused.some(({ effect }) => effect === 'NoExecute'),
  };
}

/** The pod for one node: pinned by affinity, so that the scheduler puts it there. */
export function daemonPod(set: DaemonSet, nodeName: string, template: PodTemplate, hash: string): Pod {
  const pod = podFromTemplate(template, set, {
    generateName: `${set.metadata.name}-`,
    labels: { 'controller-revision-hash': hash, 'pod-template-generation': String(set.metadata.generation ?? 1) },
  });
  return { ...pod, spec: { ...pod.spec, affinity: pinned(pod.spec.affinity, nodeName), tolerations: tolerationsOf(pod.spec) } };
}

function tolerationsOf(spec: PodSpec): Toleration[] {
  return [...(spec.tolerations ?? []), ...TOLERATIONS, ...(spec.hostNetwork === true ? [NETWORK_TOLERATION] : [])];
}

function pinned(affinity: JsonObject | undefined, nodeName: string): JsonObject {
  const terms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [nodeName] }] }];
  const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } };
  return { ...affinity, nodeAffinity };
}

/** The node that a daemon pod is on or is meant for. */
export function nodeOf(pod: Pod): string | undefined {
  if (pod.spec.nodeName !== undefined && pod.spec.nodeName !== '') return pod.spec.nodeName;
  const nodeAffinity = pod.spec.affinity?.['nodeAffinity'] as
    | { requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms?: { matchFields?: { values?: string[] }[] }[] } }
    | undefined;
  return nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms?.[0]?.matchFields?.[0]?.values?.[0];
}
