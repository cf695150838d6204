import { createHash } from 'node:crypto';
import type { JsonObject } from '../../model/kube-object.ts';
import { isFields } from './fields.ts';

const DIGEST_LENGTH = 16;

/** Put on copies of the template by controllers, so that they never make two templates differ. */
const GENERATED_LABELS = new Set(['pod-template-hash', 'controller-revision-hash']);

/**
 * Members which Go writes as {} when they are empty and which a patch or a CRD leaves out. Elsewhere {}
 * means something else than absent (`emptyDir: {}`, `podSelector: {}`).
 */
const EMPTY_LIKE_ABSENT = new Set(['metadata', 'labels', 'annotations', 'resources', 'securityContext', 'strategy', 'nodeSelector']);

/** No real template is a third as deep; a hostile one must not use up the stack. */
const MAX_DEPTH = 48;

/**
 * Of spec.template: equal digests, equal templates, whichever object holds the copy (a Deployment and its
 * ReplicaSet, a workload and its ControllerRevision). Order of members, null, empty lists and generated
 * labels make no difference. It is a hash of everything in the template, secrets in env included, and
 * gives none of it away.
 */
export function templateDigest(template: JsonObject): string {
  return createHash('sha256')
    .update(canonical(template, '', 0))
    .digest('hex')
    .slice(0, DIGEST_LENGTH);
}

function canonical(value: unknown, field: string, depth: number): string {
  if (depth > MAX_DEPTH) return '"…"';
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, '', depth + 1)).join(',')}]`;
  if (!isFields(value)) return JSON.stringify(value) ?? 'null';
  let text = '{';
  for (const key of Object.keys(value).sort()) {
    if (isGenerated(key, field, depth) || isAbsent(key, value[key], depth)) continue;
    text += `${text.length > 1 ? ',' : ''}${JSON.stringify(key)}:${canonical(value[key], key, depth + 1)}`;
  }
  return `${text}}`;
}

/** `$patch` is how a ControllerRevision says that its template replaces the other. */
function isGenerated(key: string, parent: string, depth: number): boolean {
  if (depth === 0) return key === '$patch';
  return depth === 2 && parent === 'labels' && GENERATED_LABELS.has(key);
}

function isAbsent(key: string, value: unknown, depth: number): boolean {
  if (value === null || value === undefined) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isFields(value) && EMPTY_LIKE_ABSENT.has(key) && isEmptied(value, key, depth + 1);
}

function isEmptied(value: JsonObject, field: string, depth: number): boolean {
  if (depth > MAX_DEPTH) return false;
  return Object.keys(value).every((key) => isGenerated(key, field, depth) || isAbsent(key, value[key], depth));
}
