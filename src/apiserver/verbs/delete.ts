import type { KubeObject } from '../../model/kube-object.ts';
import { collectionOf, type ResourceDefinition } from '../resources/resource-definition.ts';
import { conflict, forbidden, invalid } from '../status.ts';
import { notSupported } from '../validation/field-errors.ts';
import { finalizersFor, type PropagationPolicy, specFinalizers } from './deletion.ts';
import { type ListQuery, listObjects } from './read.ts';
import { isTerminating, keyOf, presented, type ServerContext, storedObject, type Target, timestampAt } from './target.ts';

export interface DeleteRequest {
  readonly dryRun: boolean;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly gracePeriodSeconds?: number | undefined;
  readonly propagationPolicy?: string | undefined;
}

export interface Deleted {
  /** The last state, or the present one while something holds the object. */
  readonly object: KubeObject;
  readonly isGone: boolean;
}

export function deleteObject(context: ServerContext, target: Target, request: DeleteRequest): Deleted {
  const previous = storedObject(context, target);
  checkDelete(target.served.definition, previous, request);
  const { object, isGone } = deleteStored(context, target, previous, request);
  return { object: presented(target.served, object), isGone };
}

const POLICIES: readonly string[] = ['Background', 'Foreground', 'Orphan'];
/** Source: the NamespaceLifecycle admission plug-in. */
const IMMORTAL_NAMESPACES: readonly string[] = ['default', 'kube-system', 'kube-public'];

function checkDelete(
  definition: ResourceDefinition,
  { metadata }: KubeObject,
  { uid, resourceVersion, propagationPolicy }: DeleteRequest,
): void {
  const { name } = metadata;
  if (propagationPolicy !== undefined && !POLICIES.includes(propagationPolicy)) {
    throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [
      notSupported('propagationPolicy', propagationPolicy, ['Foreground', 'Background', 'Orphan']),
    ]);
  }
  if (definition.kind === 'Namespace' && IMMORTAL_NAMESPACES.includes(name))
    throw forbidden(definition, name, 'this namespace may not be deleted');
  const about = { group: definition.group, resource: definition.kind };
  if (uid !== undefined && uid !== metadata.uid) {
    throw conflict(
      about,
      name,
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid ?? ''}). The object might have been deleted and then recreated`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw conflict(
      about,
      name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion ?? ''}). The object might have been modified`,
    );
  }
}

function deleteStored(context: ServerContext, target: Target, previous: KubeObject, request: DeleteRequest): Deleted {
  const { definition } = target.served;
  const graceSeconds = graceFor(definition, previous, request.gracePeriodSeconds);
  const finalizers = finalizersFor(previous, request.propagationPolicy as PropagationPolicy | undefined);
  const mustWait = graceSeconds > 0 || finalizers.length > 0 || specFinalizers(definition, previous).length > 0;
  if (!mustWait) return { object: gone(context, target, previous, request), isGone: true };
  const next = terminating(context, definition, previous, { graceSeconds, finalizers });
  if (next === previous || request.dryRun) return { object: next, isGone: false };
  return { object: context.store.put(collectionOf(definition), keyOf(target), next), isGone: false };
}

/** While it terminates, the grace of an object can only get shorter. */
function graceFor({ rules }: ResourceDefinition, previous: KubeObject, requested: number | undefined): number {
  const wanted = requested !== undefined && requested < 0 ? 1 : requested;
  if (!isTerminating(previous)) return rules.gracePeriodSeconds?.(previous, wanted) ?? 0;
  const running = previous.metadata.deletionGracePeriodSeconds ?? 0;
  return wanted === undefined ? running : Math.min(wanted, running);
}

function gone({ store }: ServerContext, target: Target, previous: KubeObject, { dryRun }: DeleteRequest): KubeObject {
  if (dryRun) return previous;
  return store.remove(collectionOf(target.served.definition), keyOf(target)) ?? previous;
}

interface Termination {
  readonly graceSeconds: number;
  readonly finalizers: readonly string[];
}

function terminating(
  { clock }: ServerContext,
  definition: ResourceDefinition,
  previous: KubeObject,
  { graceSeconds, finalizers }: Termination,
): KubeObject {
  const { metadata } = previous;
  const isFirst = !isTerminating(previous);
  const isShorter = !isFirst && graceSeconds < (metadata.deletionGracePeriodSeconds ?? 0);
  const areFinalizersKept =
    finalizers.length === (metadata.finalizers?.length ?? 0) && finalizers.every((finalizer) => metadata.finalizers?.includes(finalizer));
  if (!isFirst && !isShorter && areFinalizersKept) return previous;
  const { finalizers: _finalizers, ...kept } = metadata;
  return {
    ...previous,
    ...(definition.rules.hasSpecFinalizers && { status: { ...previous['status'], phase: 'Terminating' } }),
    metadata: {
      ...kept,
      ...(isFirst && metadata.generation !== undefined && { generation: metadata.generation + 1 }),
      ...((isFirst || isShorter) && { deletionTimestamp: timestampAt(deadline(clock.now(), metadata, graceSeconds)) }),
      deletionGracePeriodSeconds: graceSeconds,
      ...(finalizers.length > 0 && { finalizers: [...finalizers] }),
    },
  };
}

/** A shortened grace counts from when the deletion was asked for, and never ends in the past. */
function deadline(nowMs: number, { deletionTimestamp, deletionGracePeriodSeconds }: KubeObject['metadata'], graceSeconds: number): number {
  const startMs = deletionTimestamp === undefined ? nowMs : Date.parse(deletionTimestamp) - (deletionGracePeriodSeconds ?? 0) * 1000;
  return Math.max(nowMs, startMs + graceSeconds * 1000);
}

/** Deletes what the selectors match; answers the objects as deletion left them. */
export function deleteCollection(context: ServerContext, target: Target, query: ListQuery, request: DeleteRequest): KubeObject[] {
  const { items } = listObjects(context, target, query);
  return items.map(
    ({ metadata }) => deleteObject(context, { ...target, name: metadata.name, namespace: metadata.namespace }, request).object,
  );
}
