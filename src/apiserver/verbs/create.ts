import type { KubeObject, ObjectMeta } from '../../model/kube-object.ts';
import { stringAt } from '../json-value.ts';
import { collectionOf, type ResourceDefinition } from '../resources/resource-definition.ts';
import { alreadyExists, badRequest, forbidden, generatedNameTaken, invalid, notFound, StatusError } from '../status.ts';
import { objectKey } from '../store/collection.ts';
import { validateMetadata } from '../validation/metadata.ts';
import { accepted, presented, type ServerContext, type Target, timestampAt, type WriteMode } from './target.ts';

/** Takes ownership of `body`. Answers the object as stored, or as it would be. */
export function createObject(context: ServerContext, target: Target, body: unknown, mode: WriteMode): KubeObject {
  const { definition } = target.served;
  const given = accepted(target.served, body);
  const object: KubeObject = { ...given, metadata: newMetadata(context, target, given.metadata) };
  checkNamespace(context, definition, object.metadata);
  applyCreateRules(definition, object);
  const key = objectKey(object.metadata.namespace, object.metadata.name);
  checkNameIsFree(context, definition, { key, object, isGenerated: !given.metadata.name });
  return presented(target.served, mode.dryRun ? object : context.store.put(collectionOf(definition), key, object));
}

/** What a client may say of itself survives; the rest is the server's to say. */
function newMetadata(context: ServerContext, target: Target, given: Partial<ObjectMeta>): ObjectMeta {
  if (given.resourceVersion)
    throw new StatusError({ code: 500, reason: 'InternalError', message: 'resourceVersion should not be set on objects to be created' });
  const namespace = namespaceOf(target, given.namespace);
  const name = nameOf(context, given);
  if (target.name !== '' && target.name !== name)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${target.name})`);
  const { labels, annotations, ownerReferences, finalizers, generateName } = given;
  return {
    name,
    ...(generateName && { generateName }),
    ...(namespace !== undefined && { namespace }),
    uid: context.random.uuid(),
    ...(target.served.definition.rules.hasGeneration && { generation: 1 }),
    creationTimestamp: timestampAt(context.clock.now()),
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    ...(ownerReferences && { ownerReferences }),
    ...(finalizers && { finalizers }),
  };
}

function namespaceOf({ served, namespace }: Target, given: string | undefined): string | undefined {
  if (!served.definition.namespaced) {
    if (given) throw badRequest('namespace should not be set for cluster-scoped resources');
    return undefined;
  }
  if (given && namespace && given !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  const either = given || namespace;
  if (!either) throw badRequest('an empty namespace may not be set during creation');
  return either;
}

/** Source: apiserver, pkg/storage/names/generate.go. */
const MAX_GENERATED_PREFIX = 58;

function nameOf({ random }: ServerContext, { name, generateName }: Partial<ObjectMeta>): string {
  if (name) return name;
  return generateName ? `${generateName.slice(0, MAX_GENERATED_PREFIX)}${random.suffix(5)}` : '';
}

function checkNamespace({ store }: ServerContext, definition: ResourceDefinition, { name, namespace }: ObjectMeta): void {
  if (namespace === undefined) return;
  const holder = store.get('namespaces', namespace);
  if (holder === undefined) throw notFound({ group: '', resource: 'namespaces' }, namespace);
  if (stringAt(holder, 'status', 'phase') !== 'Terminating') return;
  const cause = { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' };
  throw forbidden(definition, name, `unable to create new content in namespace ${namespace} because it is being terminated`, [cause]);
}

function applyCreateRules(definition: ResourceDefinition, object: KubeObject): void {
  const { rules } = definition;
  if (rules.hasStatus && !rules.keepsStatusOnCreate) delete object['status'];
  rules.applyDefaults?.(object);
  rules.prepareCreate?.(object);
  const errors = [...(rules.validate?.(object) ?? []), ...validateMetadata(definition, object)];
  if (errors.length > 0) throw invalid(definition, object.metadata.name, errors);
}

interface Candidate {
  readonly key: string;
  readonly object: KubeObject;
  readonly isGenerated: boolean;
}

function checkNameIsFree({ store }: ServerContext, definition: ResourceDefinition, { key, object, isGenerated }: Candidate): void {
  if (store.get(collectionOf(definition), key) === undefined) return;
  throw isGenerated ? generatedNameTaken(definition, object.metadata.name) : alreadyExists(definition, object.metadata.name);
}
