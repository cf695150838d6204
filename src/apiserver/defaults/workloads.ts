/** Defaults of apps/v1. Source: pkg/apis/apps/v1/defaults.go. */
import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import { isJsonObject } from '../json-value.ts';
import { elementsOf, fill, memberObject } from './fill.ts';
import { applyTemplateDefaults } from './pod-spec.ts';

export function applyDeploymentDefaults(deployment: KubeObject): void {
  const spec = memberObject(deployment, 'spec');
  fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
  const strategy = memberObject(spec, 'strategy');
  fill(strategy, { type: 'RollingUpdate' });
  if (strategy['type'] === 'RollingUpdate') fill(memberObject(strategy, 'rollingUpdate'), { maxUnavailable: '25%', maxSurge: '25%' });
  applyTemplateDefaults(spec);
}

export function applyReplicaSetDefaults(replicaSet: KubeObject): void {
  const spec = memberObject(replicaSet, 'spec');
  fill(spec, { replicas: 1 });
  if (isJsonObject(spec['template'])) applyTemplateDefaults(spec);
}

export function applyStatefulSetDefaults(statefulSet: KubeObject): void {
  const spec = memberObject(statefulSet, 'spec');
  fill(spec, { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady' });
  const strategy = memberObject(spec, 'updateStrategy');
  fill(strategy, { type: 'RollingUpdate' });
  if (strategy['type'] === 'RollingUpdate') fill(memberObject(strategy, 'rollingUpdate'), { partition: 0 });
  fill(memberObject(spec, 'persistentVolumeClaimRetentionPolicy'), { whenDeleted: 'Retain', whenScaled: 'Retain' });
  applyTemplateDefaults(spec);
  elementsOf(spec, 'volumeClaimTemplates').forEach(applyClaimDefaults);
}

function applyClaimDefaults(claim: JsonObject): void {
  fill(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim' });
  fill(memberObject(claim, 'spec'), { volumeMode: 'Filesystem' });
  fill(memberObject(claim, 'status'), { phase: 'Pending' });
}

export function applyDaemonSetDefaults(daemonSet: KubeObject): void {
  const spec = memberObject(daemonSet, 'spec');
  fill(spec, { revisionHistoryLimit: 10 });
  const strategy = memberObject(spec, 'updateStrategy');
  fill(strategy, { type: 'RollingUpdate' });
  if (strategy['type'] === 'RollingUpdate') fill(memberObject(strategy, 'rollingUpdate'), { maxUnavailable: 1, maxSurge: 0 });
  applyTemplateDefaults(spec);
}
