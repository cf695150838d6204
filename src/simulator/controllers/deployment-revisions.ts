import type { KubeObject } from '../../model/kube-object.ts';
import { templateHash } from '../objects/hash.ts';
import { controllerReference } from '../objects/owners.ts';
import { withoutLabel } from '../objects/pod-template.ts';
import { sameJson } from '../objects/stable-json.ts';
import type { Deployment, PodTemplate, ReplicaSet } from '../objects/types.ts';
import { DESIRED_REPLICAS, MAX_REPLICAS, maxReplicas, newReplicas, oldestFirst, replicasOf, specTotal } from './deployment-replicas.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
const TEMPLATE_HASH = 'pod-template-hash';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';

/** Annotations that a ReplicaSet does not take over from its Deployment. */
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  'deprecated.deployment.rollback.to',
]);

export function revisionOf(object: KubeObject): number {
  return Number(object.metadata.annotations?.[REVISION] ?? 0) || 0;
}

/** The ReplicaSet of the present template, the oldest if several; undefined before it is made. */
export function currentReplicaSet(deployment: Deployment, replicaSets: readonly ReplicaSet[]): ReplicaSet | undefined {
  const wanted = withoutLabel(deployment.spec.template, TEMPLATE_HASH);
  return oldestFirst(replicaSets).find(({ spec }) => sameJson(withoutLabel(spec.template, TEMPLATE_HASH), wanted));
}

/** The name under which a ReplicaSet for the present template is made, and its hash. */
export function replicaSetIdentity(deployment: Deployment): { name: string; hash: string } {
  const hash = templateHash(deployment.spec.template, deployment.status?.collisionCount);
  return { name: `${deployment.metadata.name}-${hash}`, hash };
}

export function newReplicaSet(deployment: Deployment, old: readonly ReplicaSet[]): ReplicaSet {
  const { name, hash } = replicaSetIdentity(deployment);
  const { selector, template, minReadySeconds } = deployment.spec;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: deployment.metadata.namespace ?? 'default',
      labels: { ...template.metadata?.labels, [TEMPLATE_HASH]: hash },
      annotations: { ...copiedAnnotations(deployment), ...replicaAnnotations(deployment), [REVISION]: String(nextRevision(old)) },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: newReplicas(deployment, 0, specTotal(old)),
      ...(minReadySeconds === undefined || minReadySeconds === 0 ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [TEMPLATE_HASH]: hash } },
      template: hashedTemplate(template, hash),
    },
  };
}

function hashedTemplate(template: PodTemplate, hash: string): PodTemplate {
  return { ...template, metadata: { ...template.metadata, labels: { ...template.metadata?.labels, [TEMPLATE_HASH]: hash } } };
}

function nextRevision(old: readonly ReplicaSet[]): number {
  return Math.max(0, ...old.map(revisionOf)) + 1;
}

/** The ReplicaSet with the revision, annotations and minReadySeconds that the Deployment gives it now. */
export function synchronised(deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): ReplicaSet {
  const { minReadySeconds: _, ...spec } = current.spec;
  const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
  return {
    ...current,
    metadata: {
      ...current.metadata,
      annotations: { ...current.metadata.annotations, ...copiedAnnotations(deployment), ...renumbered(current, old) },
    },
    spec: { ...spec, ...(minReadySeconds === 0 ? {} : { minReadySeconds }) },
  };
}

/** A revision that is rolled back to gets the highest number again; the numbers it had are remembered. */
function renumbered(current: ReplicaSet, old: readonly ReplicaSet[]): Record<string, string> {
  const present = revisionOf(current);
  const next = nextRevision(old);
  if (present >= next) return {};
  const history = current.metadata.annotations?.[REVISION_HISTORY];
  const known = present === 0 ? {} : { [REVISION_HISTORY]: history === undefined ? String(present) : `${history},${present}` };
  return { [REVISION]: String(next), ...known };
}

export function rescaled(deployment: Deployment, replicaSet: ReplicaSet, replicas: number): ReplicaSet {
  const annotations = { ...replicaSet.metadata.annotations, ...replicaAnnotations(deployment) };
  return { ...replicaSet, metadata: { ...replicaSet.metadata, annotations }, spec: { ...replicaSet.spec, replicas } };
}

export function replicaAnnotations(deployment: Deployment): Record<string, string> {
  return { [DESIRED_REPLICAS]: String(replicasOf(deployment)), [MAX_REPLICAS]: String(maxReplicas(deployment)) };
}

function copiedAnnotations({ metadata }: Deployment): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([key]) => !NOT_COPIED.has(key)));
}
