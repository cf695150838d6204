/** The namespace's own finalizers, which its controller takes away when everything in it is gone. */
import type { KubeObject } from '../../model/kube-object.ts';
import { arrayAt } from '../json-value.ts';
import { collectionOf } from '../resources/resource-definition.ts';
import { hasNothingToWaitFor } from './deletion.ts';
import { isTerminating, keyOf, type ServerContext, storedObject, type Target, type WriteMode } from './target.ts';

export function finalizeNamespace(context: ServerContext, target: Target, body: unknown, mode: WriteMode): KubeObject {
  const previous = storedObject(context, target);
  const { definition } = target.served;
  const finalizers = arrayAt(body, 'spec', 'finalizers');
  const next = { ...previous, spec: { ...previous.spec, finalizers: [...finalizers] } };
  if (mode.dryRun) return next;
  const collection = collectionOf(definition);
  if (!isTerminating(previous) || !hasNothingToWaitFor(definition, next)) return context.store.put(collection, keyOf(target), next);
  context.store.remove(collection, keyOf(target));
  return next;
}
