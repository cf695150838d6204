import type { KubeObject } from '../../../src/model/kube-object.ts';
import { digestOf } from '../../../src/rollout/json.ts';
import { valueAt } from '../../../src/rollout/pointer.ts';

export function replicasOf(object: KubeObject): number {
  return Number(valueAt(object, '/spec/replicas') ?? 1);
}

const HASHES = new Map<string, string>();

/** A revision's name follows from the template alone. */
export function revisionOf(object: KubeObject): string {
  const text = JSON.stringify(object.spec?.['template']);
  let name = HASHES.get(text);
  if (name === undefined) {
    name = `web-${digestOf(JSON.parse(text)).slice(0, 8)}`;
    HASHES.set(text, name);
  }
  return name;
}

export function imageOf(object: KubeObject): string {
  return String(valueAt(object, '/spec/template/spec/containers/0/image'));
}

/** How many pods the brake on the object lets be new. */
export function letThrough(object: KubeObject | undefined): number {
  if (object === undefined) return 0;
  if (object.kind !== 'CloneSet')
    return Math.min(replicasOf(object), Number(valueAt(object, '/spec/strategy/rollingUpdate/maxUnavailable')));
  const base = object.apiVersion.endsWith('v1beta1') ? '/spec/updateStrategy/rollingUpdate' : '/spec/updateStrategy';
  const partition = valueAt(object, `${base}/partition`);
  return Math.max(0, replicasOf(object) - Number(String(partition ?? 0).replace('%', '')));
}
