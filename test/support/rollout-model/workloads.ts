import type { KubeObject } from '../../../src/model/kube-object.ts';

export type ModelKind = 'Deployment' | 'CloneSet v1alpha1' | 'CloneSet v1beta1';

const GOOD = 'registry.example/web:v1';

/** A workload as a server keeps it, its defaults filled in. */
export function aModelWorkload(
  kind: ModelKind,
  replicas: number,
  { paused = false, maxUnavailable = '25%' as string | number } = {},
): KubeObject {
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: GOOD }] } };
  const metadata = { name: 'web', namespace: 'shop', uid: 'uid-1', labels: { app: 'web' } };
  const spec = { replicas, selector: { matchLabels: { app: 'web' } }, template };
  if (kind === 'Deployment') {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable } };
    return {
      apiVersion: 'apps/v1',
      kind,
      metadata,
      spec: { ...spec, strategy, progressDeadlineSeconds: 600, minReadySeconds: 4, ...(paused && { paused }) },
    };
  }
  const rolling = { partition: 0, maxUnavailable: '20%', ...(paused && { paused }) };
  const version = kind.slice('CloneSet '.length);
  const updateStrategy = version === 'v1beta1' ? { type: 'RollingUpdate', rollingUpdate: rolling } : { type: 'ReCreate', ...rolling };
  return { apiVersion: `apps.kruise.io/${version}`, kind: 'CloneSet', metadata, spec: { ...spec, minReadySeconds: 4, updateStrategy } };
}
