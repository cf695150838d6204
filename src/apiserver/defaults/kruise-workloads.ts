/** What OpenKruise's webhooks fill in. Source: openkruise/kruise v1.8.3, apis/apps/defaults. */
import type { KubeObject } from '../../model/kube-object.ts';
import { fill, memberObject } from './fill.ts';
import { applyTemplateDefaults } from './pod-spec.ts';

export function applyCloneSetDefaults(cloneSet: KubeObject): void {
  const spec = memberObject(cloneSet, 'spec');
  fill(spec, { replicas: 1, revisionHistoryLimit: 10 });
  const strategy = memberObject(spec, 'updateStrategy');
  fill(strategy, { type: 'ReCreate', partition: 0, maxUnavailable: '20%', maxSurge: 0 });
  if (strategy['type'] !== 'ReCreate') memberObject(strategy, 'inPlaceUpdateStrategy');
  applyTemplateDefaults(spec);
}

export function applyAdvancedStatefulSetDefaults(statefulSet: KubeObject): void {
  const spec = memberObject(statefulSet, 'spec');
  fill(spec, { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady' });
  const strategy = memberObject(spec, 'updateStrategy');
  fill(strategy, { type: 'RollingUpdate' });
  if (strategy['type'] === 'RollingUpdate') {
    const defaults = { partition: 0, maxUnavailable: 1, podUpdatePolicy: 'ReCreate', minReadySeconds: 0 };
    fill(memberObject(strategy, 'rollingUpdate'), defaults);
  }
  applyTemplateDefaults(spec);
}

export function applyAdvancedDaemonSetDefaults(daemonSet: KubeObject): void {
  const spec = memberObject(daemonSet, 'spec');
  fill(spec, { burstReplicas: 250, revisionHistoryLimit: 10 });
  const strategy = memberObject(spec, 'updateStrategy');
  fill(strategy, { type: 'RollingUpdate' });
  if (strategy['type'] === 'RollingUpdate') {
    const rolling = memberObject(strategy, 'rollingUpdate');
    fill(rolling, { rollingUpdateType: 'Standard' });
    if (rolling['maxUnavailable'] === undefined && rolling['maxSurge'] === undefined) fill(rolling, { maxUnavailable: 1, maxSurge: 0 });
  }
  applyTemplateDefaults(spec);
}
