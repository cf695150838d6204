import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import { podFromTemplate } from '../objects/pod-template.ts';
import type { ControllerRevision, Pod, StatefulSet } from '../objects/types.ts';
import { templateOf } from './revision-history.ts';

/** Label of a pod: the full name of its ControllerRevision. */
export const REVISION_LABEL = 'controller-revision-hash';

/** The number in "name-3"; undefined for a pod that is not of the set's naming. */
export function ordinalOf(set: StatefulSet, pod: Pod): number | undefined {
  const { name } = pod.metadata;
  const prefix = `${set.metadata.name}-`;
  const rest = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  return /^(0|[1-9][0-9]*)$/.test(rest) ? Number(rest) : undefined;
}

export function statefulPod(set: StatefulSet, ordinal: number, revision: ControllerRevision): Pod {
  const name = `${set.metadata.name}-${ordinal}`;
  const labels = {
    'statefulset.kubernetes.io/pod-name': name,
    'apps.kubernetes.io/pod-index': String(ordinal),
    [REVISION_LABEL]: revision.metadata.name,
  };
  const pod = podFromTemplate(templateOf(revision), set, { name, labels });
  const { serviceName } = set.spec;
  const volumes = [...claimVolumes(set, ordinal), ...((pod.spec['volumes'] ?? []) as JsonObject[])];
  return {
    ...pod,
    spec: {
      ...pod.spec,
      hostname: name,
      ...(serviceName === undefined || serviceName === '' ? {} : { subdomain: serviceName }),
      ...(volumes.length === 0 ? {} : { volumes }),
    },
  };
}

/** One claim for each template and ordinal; they outlive their pods. */
export function claimsFor(set: StatefulSet, ordinal: number): KubeObject[] {
  return (set.spec.volumeClaimTemplates ?? []).map((template) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claimName(set, template, ordinal),
      namespace: set.metadata.namespace ?? 'default',
      labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
    },
    spec: template.spec ?? {},
  }));
}

function claimVolumes(set: StatefulSet, ordinal: number): JsonObject[] {
  return (set.spec.volumeClaimTemplates ?? []).map((template) => ({
    name: template.metadata.name,
    persistentVolumeClaim: { claimName: claimName(set, template, ordinal) },
  }));
}

function claimName(set: StatefulSet, template: KubeObject, ordinal: number): string {
  return `${template.metadata.name}-${set.metadata.name}-${ordinal}`;
}
