import { templateDigest } from '../fleet/projection/template-digest.ts';
import type { JsonObject, KubeObject } from '../model/kube-object.ts';
import { revisionKeyOf } from '../status/revisions.ts';
import { blocked, notFound } from './command-error.ts';
import type { CommandError } from './commands.ts';

/** The template to go back to, and the name of the revision that holds it. */
export type Undo = { readonly template: JsonObject; readonly revision: string } | { readonly refusal: CommandError };

/**
 * Which revision an undo goes to, as kubectl picks it: the one named, else the second newest by its number, whatever
 * the present template is. `revisions`: the workload's own ReplicaSets or ControllerRevisions, whole.
 */
export function undoTo(revisions: readonly KubeObject[], wanted?: string): Undo {
  const numbered = revisions.map((revision) => ({ revision, number: numberOf(revision) })).sort((a, b) => b.number - a.number);
  const found =
    wanted === undefined ? numbered[1]?.revision : numbered.find(({ revision, number }) => isNamed(revision, number, wanted))?.revision;
  if (found === undefined) return { refusal: wanted === undefined ? nothingBefore() : noRevision(wanted, revisions) };
  const template = templateIn(found);
  if (template === undefined) return { refusal: noRevision(found.metadata.name, revisions) };
  return { template, revision: found.metadata.name };
}

/** Generated labels and defaults that are written out make no difference. */
export function isSameTemplate(a: unknown, b: JsonObject): boolean {
  return isObject(a) && templateDigest(a) === templateDigest(b);
}

function numberOf({ metadata, ['revision']: revision }: KubeObject): number {
  return Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? revision ?? 0) || 0;
}

function isNamed({ metadata }: KubeObject, number: number, wanted: string): boolean {
  return metadata.name === wanted || revisionKeyOf(metadata.name) === wanted || String(number) === wanted;
}

/** Without what the controller put in: the label of its own, and how a ControllerRevision is to be applied. */
function templateIn({ spec, ['data']: data }: KubeObject): JsonObject | undefined {
  const raw = spec?.['template'] ?? (isObject(data) && isObject(data['spec']) ? data['spec']['template'] : undefined);
  if (!isObject(raw)) return undefined;
  const { $patch: _, ...template } = raw;
  const { metadata } = template;
  if (!isObject(metadata) || !isObject(metadata['labels'])) return template;
  const { 'pod-template-hash': _hash, ...labels } = metadata['labels'];
  return { ...template, metadata: { ...metadata, labels } };
}

export function nothingBefore(): CommandError {
  return { ...blocked('NO_EARLIER_REVISION', 'there is no earlier revision to go back to'), path: ['input', 'workload'] };
}

function noRevision(wanted: string, revisions: readonly KubeObject[]): CommandError {
  const names = revisions.map(({ metadata }) => metadata.name).join(', ');
  return notFound(['input', 'toRevision'], `the workload has no revision "${wanted}" with a template; it has: ${names || 'none'}`);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
