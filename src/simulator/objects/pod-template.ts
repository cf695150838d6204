import type { KubeObject } from '../../model/kube-object.ts';
import { controllerReference } from './owners.ts';
import type { Pod, PodTemplate } from './types.ts';

export interface PodIdentity {
  readonly name?: string;
  readonly generateName?: string;
  /** Besides the template's. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A pod as its controller asks for it; without a status, which the server and the kubelet give. */
export function podFromTemplate(template: PodTemplate, owner: KubeObject, { name, generateName, labels }: PodIdentity): Pod {
  const { annotations } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: name ?? '',
      ...(generateName === undefined ? {} : { generateName }),
      namespace: owner.metadata.namespace ?? 'default',
      labels: { ...template.metadata?.labels, ...labels },
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
      ownerReferences: [controllerReference(owner)],
    },
    spec: { ...template.spec },
  };
}

/** The template without the label by which a controller tells its pods apart. */
export function withoutLabel(template: PodTemplate, label: string): PodTemplate {
  const { [label]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}
