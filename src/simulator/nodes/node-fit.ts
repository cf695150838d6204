import type { JsonObject } from '../../model/kube-object.ts';
import { fulfils } from '../objects/label-selector.ts';
import type { LabelRequirement, Node, PodSpec, Taint, Toleration } from '../objects/types.ts';

interface NodeTerm {
  readonly matchExpressions?: readonly LabelRequirement[];
  readonly matchFields?: readonly LabelRequirement[];
}

/** nodeSelector and required node affinity. */
export function matchesNode(spec: PodSpec, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  const selected = Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
  const terms = requiredTerms(spec);
  return selected && (terms === undefined || terms.some((term) => matchesTerm(term, node)));
}

function requiredTerms({ affinity }: PodSpec): readonly NodeTerm[] | undefined {
  const nodeAffinity = affinity?.['nodeAffinity'] as JsonObject | undefined;
  const required = nodeAffinity?.['requiredDuringSchedulingIgnoredDuringExecution'] as { nodeSelectorTerms?: NodeTerm[] } | undefined;
  return required?.nodeSelectorTerms;
}

function matchesTerm({ matchExpressions = [], matchFields = [] }: NodeTerm, { metadata }: Node): boolean {
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  const fields = { 'metadata.name': metadata.name };
  return matchExpressions.every((one) => fulfils(one, metadata.labels ?? {})) && matchFields.every((one) => fulfils(one, fields));
}

export function tolerates(tolerations: readonly Toleration[], taint: Taint): boolean {
  return tolerations.some(({ key = '', operator = 'Equal', value = '', effect = '' }) => {
    if (effect !== '' && effect !== taint.effect) return false;
    if (key === '') return operator === 'Exists';
    return key === taint.key && (operator === 'Exists' || value === (taint.value ?? ''));
  });
}

/** The first taint that keeps new pods away. */
export function repellingTaint(node: Node, tolerations: readonly Toleration[]): Taint | undefined {
  return taintsOf(node).find((taint) => taint.effect !== 'PreferNoSchedule' && !tolerates(tolerations, taint));
}

/** A cordon is a taint even where nobody has written it yet. */
export function taintsOf({ spec = {} }: Node): readonly Taint[] {
  const taints = spec.taints ?? [];
  const isCordoned = spec.unschedulable === true && !taints.some(({ key }) => key === CORDON_TAINT);
  return isCordoned ? [...taints, { key: CORDON_TAINT, effect: 'NoSchedule' }] : taints;
}

export const CORDON_TAINT = 'node.kubernetes.io/unschedulable';
