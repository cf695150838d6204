import type { JsonObject } from '../model/kube-object.ts';
import type { GroupResource } from '../model/resource.ts';

/** The object of a member cluster that a rollout or an operation is about. */
export interface HubTarget {
  readonly cluster: string;
  readonly resource: GroupResource;
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string;
  readonly name: string;
  readonly uid?: string;
}

export function targetToJson({ cluster, resource, apiVersion, kind, namespace, name, uid }: HubTarget): JsonObject {
  return { cluster, resource, apiVersion, kind, name, ...(namespace && { namespace }), ...(uid !== undefined && { uid }) };
}

/** Undefined for what `targetToJson` did not write. */
export function targetFromJson(value: unknown): HubTarget | undefined {
  const target = (value ?? {}) as Partial<HubTarget>;
  const { cluster, resource, apiVersion, kind, namespace, name, uid } = target;
  if (!areTexts([cluster, resource, apiVersion, kind, name])) return undefined;
  return {
    ...(target as HubTarget),
    ...(typeof namespace === 'string' && { namespace }),
    ...(typeof uid === 'string' && { uid }),
  };
}

function areTexts(values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'string');
}
