import type { CloneSet, DaemonSet, Deployment, PodTemplate, StatefulSet, Toleration } from '../objects/types.ts';
import type { PlannedWorkload } from './cluster-plan.ts';

/** What a team would have written for its workload; the server's defaults come on top. */

/** A release whose image was never pushed. */
export const STUCK_TAG = 'v2.4.1-missing';

const COMPONENT_NAME = 'app.kubernetes.io/name';
const COMPONENT_VERSION = 'app.kubernetes.io/version';

function labelsOf({ entry, name, namespace, tag }: PlannedWorkload): Record<string, string> {
  if (entry.component === undefined) return { app: name, team: namespace };
  return {
    [COMPONENT_NAME]: entry.component,
    'app.kubernetes.io/instance': name,
    [COMPONENT_VERSION]: tag,
    ...(entry.partOf === undefined ? {} : { 'app.kubernetes.io/part-of': entry.partOf }),
  };
}

export function selectorLabels({ entry, name }: PlannedWorkload): Record<string, string> {
  return entry.component === undefined ? { app: name } : { [COMPONENT_NAME]: entry.component, 'app.kubernetes.io/instance': name };
}

function metadataOf(planned: PlannedWorkload): { name: string; namespace: string; labels: Record<string, string> } {
  return { name: planned.name, namespace: planned.namespace, labels: labelsOf(planned) };
}

function templateOf(planned: PlannedWorkload, tolerations: readonly Toleration[] = []): PodTemplate {
  const { entry, image } = planned;
  const { container, cpu, memory, port } = entry;
  return {
    metadata: { labels: labelsOf(planned) },
    spec: {
      containers: [
        {
          name: container,
          image,
          ...(port === undefined ? {} : { ports: [{ name: 'main', containerPort: port }], readinessProbe: { tcpSocket: { port } } }),
          resources: { requests: { cpu, memory }, limits: { memory } },
        },
      ],
      ...(tolerations.length === 0 ? {} : { tolerations: [...tolerations] }),
    },
  };
}

export function deploymentOf(planned: PlannedWorkload): Deployment {
  const matchLabels = selectorLabels(planned);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadataOf(planned),
    spec: { replicas: planned.replicas, ...patience(planned), selector: { matchLabels }, template: templateOf(planned) },
  };
}

/** Other teams let a pod prove itself for some seconds, so that their rollouts can be watched. */
function patience({ entry, namespace }: PlannedWorkload): { minReadySeconds?: number } {
  return entry.component === undefined && namespace !== 'shop' ? { minReadySeconds: 8 } : {};
}

export function statefulSetOf(planned: PlannedWorkload): StatefulSet {
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '20Gi' } } },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadataOf(planned),
    spec: {
      replicas: planned.replicas,
      serviceName: planned.name,
      selector: { matchLabels: selectorLabels(planned) },
      template: templateOf(planned),
      volumeClaimTemplates: [claim],
    },
  };
}

export function daemonSetOf(planned: PlannedWorkload): DaemonSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: metadataOf(planned),
    spec: {
      selector: { matchLabels: selectorLabels(planned) },
      template: templateOf(planned, [{ operator: 'Exists' }]),
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
    },
  };
}

/** The shop's web changes images in place; the others recreate their pods. */
export function cloneSetOf(planned: PlannedWorkload): CloneSet {
  const type = planned.name === 'web' ? 'InPlaceIfPossible' : 'ReCreate';
  return {
    apiVersion: 'apps.kruise.io/v1alpha1',
    kind: 'CloneSet',
    metadata: metadataOf(planned),
    spec: {
      replicas: planned.replicas,
      ...patience(planned),
      selector: { matchLabels: selectorLabels(planned) },
      template: templateOf(planned),
      updateStrategy: { type, maxUnavailable: '25%' },
    },
  };
}
