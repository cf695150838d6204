import type { Patch } from '../../kube/api-server.ts';
import type { JsonObject, KubeObject, ObjectMeta } from '../../model/kube-object.ts';
import { cloneJson, equalJson } from '../json-value.ts';
import { patched, refuseApply } from '../patch/apply-patch.ts';
import { collectionOf, type FieldError, type ResourceDefinition } from '../resources/resource-definition.ts';
import { badRequest, conflict, invalid, OBJECT_MODIFIED } from '../status.ts';
import { forbiddenField, invalidValue } from '../validation/field-errors.ts';
import { validateMetadata } from '../validation/metadata.ts';
import { hasNothingToWaitFor } from './deletion.ts';
import { accepted, isTerminating, keyOf, presented, type ServerContext, storedObject, type Target, type WriteMode } from './target.ts';

export interface UpdateMode extends WriteMode {
  /** Only the status is written. */
  readonly isStatus: boolean;
}

/** Takes ownership of `body`. Answers the object as stored, or as it would be. */
export function updateObject(context: ServerContext, target: Target, body: unknown, mode: UpdateMode): KubeObject {
  const proposed = accepted(target.served, body);
  checkNames(target, proposed.metadata);
  return presented(target.served, replaceObject(context, target, { previous: storedObject(context, target), proposed }, mode));
}

export function patchObject(context: ServerContext, target: Target, patch: Patch, mode: UpdateMode): KubeObject {
  const { served } = target;
  refuseApply(patch);
  const previous = storedObject(context, target);
  const next = cloneJson(patched(served.definition, presented(served, previous), patch));
  if (patch.type === 'json') mode.inspectPatched?.(served, next);
  const proposed = accepted(served, next);
  checkNames(target, proposed.metadata);
  return presented(served, replaceObject(context, target, { previous, proposed }, mode));
}

function checkNames({ name, namespace }: Target, metadata: Partial<ObjectMeta>): void {
  if (metadata.name !== name)
    throw badRequest(`the name of the object (${metadata.name ?? ''}) does not match the name on the URL (${name})`);
  if (metadata.namespace && metadata.namespace !== (namespace ?? ''))
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

export interface Replacement {
  /** As stored. */
  readonly previous: KubeObject;
  /** In the stored form; owned by the callee. */
  readonly proposed: KubeObject;
}

/** Writes what may be written of `proposed` over `previous`; a write that changes nothing keeps its version. */
export function replaceObject(context: ServerContext, target: Target, { previous, proposed }: Replacement, mode: UpdateMode): KubeObject {
  const { definition } = target.served;
  checkPreconditions(definition, previous, proposed.metadata);
  const next = mode.isStatus ? withStatus(previous, proposed['status']) : nextObject(definition, previous, proposed);
  if (equalJson(next, previous)) return previous;
  if (mode.dryRun) return next;
  const collection = collectionOf(definition);
  if (isTerminating(previous) && hasNothingToWaitFor(definition, next)) {
    context.store.remove(collection, keyOf(target));
    return next;
  }
  return context.store.put(collection, keyOf(target), next);
}

function checkPreconditions(definition: ResourceDefinition, previous: KubeObject, { uid, resourceVersion }: Partial<ObjectMeta>): void {
  const { name } = previous.metadata;
  if (uid && uid !== previous.metadata.uid) {
    throw conflict(
      definition,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${previous.metadata.uid ?? ''}`,
    );
  }
  if (!resourceVersion && !definition.rules.allowsUnconditionalUpdate) {
    throw invalid(definition, name, [invalidValue('metadata.resourceVersion', 0, 'must be specified for an update')]);
  }
  if (resourceVersion && resourceVersion !== previous.metadata.resourceVersion) throw conflict(definition, name, OBJECT_MODIFIED);
}

function withStatus(previous: KubeObject, status: unknown): KubeObject {
  const { status: _status, ...rest } = previous;
  return status === undefined || status === null
    ? (rest as KubeObject)
    : { ...rest, apiVersion: rest.apiVersion, kind: rest.kind, metadata: rest.metadata, status: status as JsonObject };
}

function nextObject(definition: ResourceDefinition, previous: KubeObject, proposed: KubeObject): KubeObject {
  const { rules } = definition;
  const { status: _proposedStatus, ...rest } = proposed;
  const status = rules.hasStatus ? previous['status'] : proposed['status'];
  const next = { ...rest, metadata: nextMetadata(previous.metadata, proposed.metadata) } as KubeObject;
  rules.applyDefaults?.(next);
  rules.prepareUpdate?.(next, previous);
  // After the defaults, which may change what they are given: the status of before is frozen and shared.
  if (status !== undefined) next['status'] = status;
  const errors = updateErrors(definition, next, previous);
  if (errors.length > 0) throw invalid(definition, next.metadata.name, errors);
  if (rules.hasGeneration && isDesiredStateChanged(definition, next, previous))
    next.metadata.generation = (previous.metadata.generation ?? 0) + 1;
  return next;
}

/** Labels, annotations, owners and finalizers are the client's; everything else stays the server's. */
function nextMetadata(previous: ObjectMeta, proposed: Partial<ObjectMeta>): ObjectMeta {
  const { labels: _labels, annotations: _annotations, ownerReferences: _owners, finalizers: _finalizers, ...kept } = previous;
  const { labels, annotations, ownerReferences, finalizers } = proposed;
  return {
    ...kept,
    ...(hasMembers(labels) && { labels }),
    ...(hasMembers(annotations) && { annotations }),
    ...(ownerReferences?.length && { ownerReferences }),
    ...(finalizers?.length && { finalizers }),
  } as ObjectMeta;
}

function hasMembers(value: object | undefined): boolean {
  return value !== undefined && value !== null && Object.keys(value).length > 0;
}

function updateErrors(definition: ResourceDefinition, next: KubeObject, previous: KubeObject): FieldError[] {
  const { rules } = definition;
  return [
    ...finalizerErrors(next, previous),
    ...(rules.validate?.(next) ?? []),
    ...(rules.validateUpdate?.(next, previous) ?? []),
    ...validateMetadata(definition, next),
  ];
}

function finalizerErrors(next: KubeObject, previous: KubeObject): FieldError[] {
  if (!isTerminating(previous)) return [];
  const before = previous.metadata.finalizers ?? [];
  const added = (next.metadata.finalizers ?? []).filter((finalizer) => !before.includes(finalizer));
  if (added.length === 0) return [];
  const listed = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
  return [
    forbiddenField(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${listed}}`,
    ),
  ];
}

function isDesiredStateChanged({ rules }: ResourceDefinition, next: KubeObject, previous: KubeObject): boolean {
  return !equalJson(next.spec, previous.spec) || (rules.changesGeneration?.(next, previous) ?? false);
}
