import type { KubeObject } from '../../model/kube-object.ts';
import type { Action } from '../engine/action.ts';
import { templateHash } from '../objects/hash.ts';
import { CONTROLLER_REVISIONS } from '../objects/kinds.ts';
import { controllerReference } from '../objects/owners.ts';
import { sameJson } from '../objects/stable-json.ts';
import type { ControllerRevision, PodTemplate } from '../objects/types.ts';

/** ControllerRevisions of a StatefulSet, DaemonSet or CloneSet: one for each pod template it has had. */

type Revisioned = KubeObject & { spec: { template: PodTemplate; selector?: unknown } };

export interface RevisionSync {
  /** The revision of the present template, as it will be after `actions`. */
  readonly update: ControllerRevision;
  /** All, oldest first, `update` among them. */
  readonly all: readonly ControllerRevision[];
  readonly actions: readonly Action[];
}

export interface RevisionStyle {
  /** Label of the ControllerRevision that holds the short hash. */
  readonly hashLabel: string;
  readonly collisionCount?: number;
}

/** The template's revision: found (and renumbered to the highest if it is an earlier one) or made. */
export function syncRevisions(owner: Revisioned, revisions: readonly ControllerRevision[], style: RevisionStyle): RevisionSync {
  const sorted = inOrder(revisions);
  const equal = sorted.filter((revision) => sameJson(templateOf(revision), owner.spec.template)).at(-1);
  const highest = sorted.at(-1)?.revision ?? 0;
  if (equal === undefined) return made(newRevision(owner, highest + 1, style), sorted);
  if (equal.revision === highest) return { update: equal, all: sorted, actions: [] };
  const update = { ...equal, revision: highest + 1 };
  const all = [...sorted.filter((revision) => revision !== equal), update];
  return { update, all, actions: [{ do: 'update', resource: CONTROLLER_REVISIONS, object: update }] };
}

function made(update: ControllerRevision, sorted: readonly ControllerRevision[]): RevisionSync {
  return { update, all: [...sorted, update], actions: [{ do: 'create', resource: CONTROLLER_REVISIONS, object: update }] };
}

export function newRevision(owner: Revisioned, revision: number, { hashLabel, collisionCount }: RevisionStyle): ControllerRevision {
  const hash = templateHash(owner.spec.template, collisionCount);
  const { name, namespace = 'default', annotations } = owner.metadata;
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels: { ...owner.spec.template.metadata?.labels, [hashLabel]: hash },
      ...(annotations === undefined ? {} : { annotations: copied(annotations) }),
      ownerReferences: [controllerReference(owner)],
    },
    data: { spec: { template: { ...owner.spec.template, $patch: 'replace' } } },
    revision,
  };
}

function copied(annotations: Record<string, string>): Record<string, string> {
  const { 'kubectl.kubernetes.io/last-applied-configuration': _, ...others } = annotations;
  return others;
}

export function templateOf(revision: ControllerRevision): PodTemplate {
  const spec = revision.data['spec'] as { template: PodTemplate & { $patch?: string } };
  const { $patch: _, ...template } = spec.template;
  return template as PodTemplate;
}

/** Hashes contain no "-", so the part after the last one is the hash, whether given a full name or the hash alone. */
export function hashOf(revisionName: string): string {
  return revisionName.slice(revisionName.lastIndexOf('-') + 1);
}

/** Deletes the oldest revisions beyond `limit` that nobody lives at. */
export function expiredRevisions(all: readonly ControllerRevision[], live: ReadonlySet<string>, limit = 10): Action[] {
  const idle = inOrder(all).filter((revision) => !live.has(hashOf(revision.metadata.name)) && revision.metadata.uid !== undefined);
  return idle.slice(0, Math.max(0, idle.length - limit)).map((object) => ({ do: 'delete', resource: CONTROLLER_REVISIONS, object }));
}

function inOrder(revisions: readonly ControllerRevision[]): ControllerRevision[] {
  return [...revisions].sort((a, b) => a.revision - b.revision || (a.metadata.name < b.metadata.name ? -1 : 1));
}
