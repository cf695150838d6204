import type { KubeObject } from '../../model/kube-object.ts';
import { type Decision, NOTHING_TO_DO } from '../engine/action.ts';
import type { Collection } from '../engine/collection.ts';
import type { Controller, ControllerContext, Source } from '../engine/controller.ts';
import type { GraphEntry, ObjectGraph } from '../engine/object-graph.ts';
import { anyOf, itself } from '../engine/sources.ts';
import { NAMESPACES, SERVICE_ACCOUNTS } from '../objects/kinds.ts';
import { isDeleting } from '../objects/owners.ts';

export interface NamespaceObservation {
  readonly namespace: KubeObject;
  /** Everything in it but events. */
  readonly contents: readonly GraphEntry[];
  readonly hasServiceAccount: boolean;
}

/** Gives every namespace its default service account, and empties one that is to go. */
export function namespaceController({ cache }: ControllerContext, graph: ObjectGraph): Controller {
  const namespaces = cache.collection(NAMESPACES);
  const accounts = cache.collection(SERVICE_ACCOUNTS);
  return {
    name: 'namespace-controller',
    sources: [
      itself(namespaces),
      anyOf(accounts, (account, previous) =>
        account === undefined && previous?.metadata.name === 'default' ? [previous.metadata.namespace ?? ''] : [],
      ),
    ],
    reconcile(key) {
      const namespace = namespaces.get(key);
      if (namespace === undefined) return NOTHING_TO_DO;
      const contents = isDeleting(namespace) ? graph.inNamespace(key) : [];
      return reconcileNamespace({ namespace, contents, hasServiceAccount: accounts.get(`${key}/default`) !== undefined });
    },
  };
}

/** An object that goes may be the last one that its namespace waits for. */
export function namespaceSource(collection: Collection, namespaces: Collection): Source {
  return anyOf(collection, (next, previous) => {
    const name = next === undefined ? previous?.metadata.namespace : undefined;
    const namespace = name === undefined ? undefined : namespaces.get(name);
    return namespace !== undefined && isDeleting(namespace) ? [namespace.metadata.name] : [];
  });
}

function reconcileNamespace({ namespace, contents, hasServiceAccount }: NamespaceObservation): Decision {
  const { name } = namespace.metadata;
  if (!isDeleting(namespace))
    return hasServiceAccount ? NOTHING_TO_DO : { actions: [{ do: 'create', resource: SERVICE_ACCOUNTS, object: serviceAccount(name) }] };
  const doomed = contents.filter(({ object }) => !isDeleting(object));
  if (doomed.length > 0)
    return {
      actions: doomed.map(({ collection, object }) => ({
        do: 'delete',
        resource: collection.resource,
        object,
        options: { propagationPolicy: 'Background' },
      })),
    };
  if (contents.length > 0) return NOTHING_TO_DO;
  const spec = { ...namespace.spec, finalizers: [] };
  return {
    actions: [
      { do: 'forget-events', namespace: name },
      { do: 'finalize', namespace: { ...namespace, spec } },
    ],
  };
}

function serviceAccount(namespace: string): KubeObject {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
}
