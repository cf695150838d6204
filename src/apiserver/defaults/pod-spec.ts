/** What the real server fills into the pod specs of pods and templates. Source: pkg/apis/core/v1/defaults.go. */
import type { JsonObject } from '../../model/kube-object.ts';
import { isJsonObject } from '../json-value.ts';
import { elementsOf, fill, memberObject } from './fill.ts';

export function applyPodSpecDefaults(spec: JsonObject): void {
  fill(spec, { restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst', schedulerName: 'default-scheduler' });
  memberObject(spec, 'securityContext');
  if (typeof spec['serviceAccountName'] === 'string') fill(spec, { serviceAccount: spec['serviceAccountName'] });
  else if (typeof spec['serviceAccount'] === 'string') fill(spec, { serviceAccountName: spec['serviceAccount'] });
  for (const list of ['initContainers', 'containers']) elementsOf(spec, list).forEach(applyContainerDefaults);
  elementsOf(spec, 'volumes').forEach(applyVolumeDefaults);
}

function applyContainerDefaults(container: JsonObject): void {
  fill(container, {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicyOf(String(container['image'] ?? '')),
  });
  applyResourceDefaults(memberObject(container, 'resources'));
  for (const port of elementsOf(container, 'ports')) fill(port, { protocol: 'TCP' });
  for (const variable of elementsOf(container, 'env')) applyEnvDefaults(variable);
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) applyProbeDefaults(container[probe]);
}

/** "Always" for a tag that moves: none, or "latest". */
function pullPolicyOf(image: string): string {
  if (image.includes('@')) return 'IfNotPresent';
  const lastPart = image.slice(image.lastIndexOf('/') + 1);
  const tag = lastPart.includes(':') ? lastPart.slice(lastPart.indexOf(':') + 1) : 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function applyResourceDefaults(resources: JsonObject): void {
  if (isJsonObject(resources['limits'])) fill(memberObject(resources, 'requests'), resources['limits']);
}

function applyEnvDefaults(variable: JsonObject): void {
  const source = variable['valueFrom'];
  if (isJsonObject(source) && isJsonObject(source['fieldRef'])) fill(source['fieldRef'], { apiVersion: 'v1' });
}

function applyProbeDefaults(probe: unknown): void {
  if (!isJsonObject(probe)) return;
  fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  if (isJsonObject(probe['httpGet'])) fill(probe['httpGet'], { path: '/', scheme: 'HTTP' });
  if (isJsonObject(probe['grpc'])) fill(probe['grpc'], { service: '' });
}

function applyVolumeDefaults(volume: JsonObject): void {
  const sources = Object.keys(volume).filter((key) => key !== 'name');
  if (sources.length === 0) volume['emptyDir'] = {};
  for (const source of ['secret', 'configMap', 'downwardAPI', 'projected']) {
    const value = volume[source];
    if (isJsonObject(value)) fill(value, { defaultMode: 420 });
  }
  if (isJsonObject(volume['hostPath'])) fill(volume['hostPath'], { type: '' });
}

/** The defaults of a workload's `spec.template`. */
export function applyTemplateDefaults(spec: JsonObject): void {
  const template = memberObject(spec, 'template');
  const metadata = memberObject(template, 'metadata');
  if (!('creationTimestamp' in metadata)) metadata['creationTimestamp'] = null;
  applyPodSpecDefaults(memberObject(template, 'spec'));
}
