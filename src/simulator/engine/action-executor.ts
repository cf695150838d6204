import { isApiError } from '../../kube/api-error.ts';
import type { ApiServer, ObjectName } from '../../kube/api-server.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import { NAMESPACES, PODS } from '../objects/kinds.ts';
import type { Action } from './action.ts';
import type { ClusterCache } from './cluster-cache.ts';
import type { EventRecorder } from './event-recorder.ts';

/** Carries actions out, and enters their outcome in the cache before the watch tells it. */
export class ActionExecutor {
  readonly #client: ApiServer;
  readonly #cache: ClusterCache;
  readonly #events: EventRecorder;

  constructor({ client, cache, events }: { client: ApiServer; cache: ClusterCache; events: EventRecorder }) {
    this.#client = client;
    this.#cache = cache;
    this.#events = events;
  }

  /** Throws the first failure as the API server worded it. `controller` signs what is written. */
  async execute(actions: readonly Action[], controller: string): Promise<void> {
    for (const action of actions) await this.#one(action, controller);
  }

  async #one(action: Action, controller: string): Promise<void> {
    switch (action.do) {
      case 'create':
        return this.#create(action, controller);
      case 'update':
        return this.#enter(action, await this.#client.update(action.resource, action.object, written(action, controller)));
      case 'patch':
        return this.#enter(
          action,
          await this.#client.patch(
            action.resource,
            nameOf(action.object),
            { type: 'merge', body: action.body },
            written(action, controller),
          ),
        );
      case 'delete':
        return this.#delete(action, controller);
      case 'bind':
        return this.#bind(action);
      case 'finalize':
        return this.#finalize(action.namespace);
      case 'forget-events':
        return this.#events.forget(action.namespace);
      case 'record':
        return this.#events.record(action.event);
    }
  }

  async #create(action: Extract<Action, { do: 'create' }>, controller: string): Promise<void> {
    try {
      const created = await this.#client.create(action.resource, action.object, { fieldManager: controller });
      this.#enter(action, created);
      if (action.owner !== undefined)
        await this.#recordSuccess(
          action.owner,
          'SuccessfulCreate',
          `Created ${created.kind.toLowerCase()}: ${created.metadata.name}`,
          controller,
        );
    } catch (error) {
      if (action.owner !== undefined && !isApiError(error, 'conflict', 'not-found'))
        await this.#recordRefusal(action.owner, error, controller);
      throw error;
    }
  }

  async #delete({ resource, object, options, owner }: Extract<Action, { do: 'delete' }>, controller: string): Promise<void> {
    const { uid } = object.metadata;
    const rest = await this.#client.delete(resource, nameOf(object), { ...options, ...(uid === undefined ? {} : { uid }) });
    const collection = this.#cache.collection(resource);
    // Without a deletion time nothing held it: it is gone.
    const isGone = rest.metadata.deletionTimestamp === undefined || options?.gracePeriodSeconds === 0;
    if (isGone && (rest.metadata.finalizers ?? []).length === 0) collection.expectGone(object);
    else collection.apply(rest);
    if (owner !== undefined)
      await this.#recordSuccess(owner, 'SuccessfulDelete', `Deleted ${object.kind.toLowerCase()}: ${object.metadata.name}`, controller);
  }

  async #bind({ pod, nodeName }: Extract<Action, { do: 'bind' }>): Promise<void> {
    const { name, namespace, uid } = pod.metadata;
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }), ...(uid === undefined ? {} : { uid }) };
    const target = { apiVersion: 'v1', kind: 'Node', name: nodeName };
    await this.#client.create(PODS, { apiVersion: 'v1', kind: 'Binding', metadata, target }, { subresource: 'binding' });
    const bound = await this.#client.get(PODS, nameOf(pod));
    this.#cache.collection(PODS).apply(bound);
  }

  async #finalize(namespace: KubeObject): Promise<void> {
    await this.#client.update(NAMESPACES, namespace, { subresource: 'finalize' });
    this.#cache.collection(NAMESPACES).expectGone(namespace);
  }

  #enter({ resource }: { resource: Extract<Action, { do: 'create' }>['resource'] }, object: KubeObject): void {
    this.#cache.collection(resource).apply(object);
  }

  #recordSuccess(owner: KubeObject, reason: string, message: string, component: string): Promise<void> {
    return this.#events.record({ regarding: owner, type: 'Normal', reason, message, component });
  }

  #recordRefusal(owner: KubeObject, error: unknown, component: string): Promise<void> {
    const message = `Error creating: ${error instanceof Error ? error.message : String(error)}`;
    return this.#events.record({ regarding: owner, type: 'Warning', reason: 'FailedCreate', message, component });
  }
}

function written(action: { readonly subresource?: string }, controller: string): { fieldManager: string; subresource?: string } {
  return { fieldManager: controller, ...(action.subresource === undefined ? {} : { subresource: action.subresource }) };
}

function nameOf(object: KubeObject): ObjectName {
  const { name, namespace } = object.metadata;
  return namespace === undefined ? { name } : { namespace, name };
}
