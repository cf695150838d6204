import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import { isJsonObject, objectAt } from '../json-value.ts';
import { elementsOf, fill, memberObject } from './fill.ts';
import { applyPodSpecDefaults } from './pod-spec.ts';

/** Defaults of a pod itself, with what admission adds: service account, priority, tolerations. */
export function applyPodDefaults(pod: KubeObject): void {
  const spec = memberObject(pod, 'spec');
  applyPodSpecDefaults(spec);
  fill(spec, { enableServiceLinks: true });
}

export function preparePod(pod: KubeObject): void {
  const spec = memberObject(pod, 'spec');
  fill(spec, { serviceAccountName: 'default', serviceAccount: 'default', priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
  spec['tolerations'] = withDefaultTolerations(elementsOf(spec, 'tolerations'));
  pod['status'] = { phase: 'Pending', qosClass: qosClassOf(spec) };
}

const NODE_TROUBLE = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

function withDefaultTolerations(tolerations: readonly JsonObject[]): JsonObject[] {
  const covers = (key: string) => (toleration: JsonObject) =>
    (toleration['key'] === key || !toleration['key']) && (toleration['effect'] === 'NoExecute' || !toleration['effect']);
  const missing = NODE_TROUBLE.filter((key) => !tolerations.some(covers(key)));
  return [...tolerations, ...missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }))];
}

/** "Guaranteed" when every container limits cpu and memory to what it requests, "BestEffort" when none asks for any. */
function qosClassOf(spec: JsonObject): string {
  const containers = [...elementsOf(spec, 'containers'), ...elementsOf(spec, 'initContainers')];
  const resources = containers.map((container) => ({ requests: askedOf(container, 'requests'), limits: askedOf(container, 'limits') }));
  if (resources.every(({ requests, limits }) => requests.size === 0 && limits.size === 0)) return 'BestEffort';
  const isGuaranteed = resources.every(
    ({ requests, limits }) => limits.size === 2 && [...limits].every(([name, limit]) => requests.get(name) === limit),
  );
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}

function askedOf(container: JsonObject, what: 'requests' | 'limits'): Map<string, string> {
  const asked = objectAt(container, 'resources', what) ?? {};
  return new Map(
    Object.entries(asked)
      .filter(([name]) => name === 'cpu' || name === 'memory')
      .map(([name, amount]) => [name, String(amount)]),
  );
}

/** Seconds of grace for a deletion: none for a pod that no kubelet runs. */
export function podGracePeriod(pod: KubeObject, requested: number | undefined): number {
  const spec = isJsonObject(pod.spec) ? pod.spec : {};
  const own = spec['terminationGracePeriodSeconds'];
  const phase = objectAt(pod, 'status')?.['phase'];
  if (!spec['nodeName'] || phase === 'Failed' || phase === 'Succeeded') return 0;
  return requested ?? (typeof own === 'number' ? own : 30);
}
