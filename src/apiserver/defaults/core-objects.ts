/** Defaults of the small kinds: namespaces, services, secrets, budgets, autoscalers, bindings. */
import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import { isJsonObject } from '../json-value.ts';
import { elementsOf, fill, memberObject } from './fill.ts';

export function prepareNamespace(namespace: KubeObject): void {
  fill(memberObject(namespace, 'spec'), { finalizers: ['kubernetes'] });
  namespace['status'] = { phase: 'Active' };
}

export function applyNamespaceDefaults(namespace: KubeObject): void {
  namespace.metadata.labels = { ...namespace.metadata.labels, 'kubernetes.io/metadata.name': namespace.metadata.name };
}

export function applyServiceDefaults(service: KubeObject): void {
  const spec = memberObject(service, 'spec');
  fill(spec, { type: 'ClusterIP', sessionAffinity: 'None' });
  for (const port of elementsOf(spec, 'ports')) fill(port, { protocol: 'TCP', targetPort: port['port'] });
  if (spec['type'] === 'ExternalName') return;
  fill(spec, { internalTrafficPolicy: 'Cluster', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' });
  if (spec['type'] !== 'ClusterIP') fill(spec, { externalTrafficPolicy: 'Cluster' });
}

/** An address in 10.96.0.0/12, made of the object's uid; addresses are shown, never routed. */
export function prepareService(service: KubeObject): void {
  const spec = memberObject(service, 'spec');
  if (spec['type'] !== 'ExternalName') {
    const digits = (service.metadata.uid ?? '').replaceAll('-', '');
    const octet = (at: number) => Number.parseInt(digits.slice(at, at + 2) || '0', 16);
    fill(spec, { clusterIP: `10.${96 + (octet(0) % 16)}.${octet(2)}.${1 + (octet(4) % 254)}` });
    fill(spec, { clusterIPs: [spec['clusterIP']] });
  }
  fill(service, { status: { loadBalancer: {} } });
}

export function applySecretDefaults(secret: KubeObject): void {
  fill(secret, { type: 'Opaque' });
  const texts = secret['stringData'];
  if (!isJsonObject(texts)) return;
  const data = memberObject(secret, 'data');
  for (const [key, text] of Object.entries(texts)) data[key] = Buffer.from(String(text)).toString('base64');
  delete secret['stringData'];
}

export function applyAutoscalerDefaults(autoscaler: KubeObject): void {
  fill(memberObject(autoscaler, 'spec'), { minReplicas: 1 });
}

const RBAC_GROUP = 'rbac.authorization.k8s.io';

export function applyBindingDefaults(binding: KubeObject): void {
  fill(memberObject(binding, 'roleRef'), { apiGroup: RBAC_GROUP });
  for (const subject of elementsOf(binding, 'subjects')) applySubjectDefaults(subject);
}

function applySubjectDefaults(subject: JsonObject): void {
  if (subject['kind'] === 'User' || subject['kind'] === 'Group') fill(subject, { apiGroup: RBAC_GROUP });
}
