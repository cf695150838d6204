import type { Patch } from '../kube/api-server.ts';
import type { JsonObject, KubeObject } from '../model/kube-object.ts';
import { apiVersionOf } from '../model/resource.ts';
import type { UserInfo } from '../model/user.ts';
import type { RequestAttributes } from './access/attributes.ts';
import type { Caller, Gate } from './access/gate.ts';
import type { RbacAuthoriser } from './access/rbac.ts';
import type { TokenUsers } from './access/token-users.ts';
import { stringAt } from './json-value.ts';
import type { ServedResource } from './resources/resource-definition.ts';
import { badRequest, methodNotAllowed, noSuchResource, notImplemented } from './status.ts';
import type { Page } from './store/list-pages.ts';
import type { Watcher } from './store/watcher.ts';
import { bindPod } from './verbs/binding.ts';
import { createObject } from './verbs/create.ts';
import { type Deleted, type DeleteRequest, deleteCollection, deleteObject } from './verbs/delete.ts';
import { evictPod } from './verbs/eviction.ts';
import { finalizeNamespace } from './verbs/finalize.ts';
import { getObject, type ListQuery, listObjects, type WatchRequest, watchObjects } from './verbs/read.ts';
import { answerReview, issueToken } from './verbs/reviews.ts';
import { getScale, patchScale, updateScale } from './verbs/scale.ts';
import { type ServerContext, storedObject, type Target, type WriteMode } from './verbs/target.ts';
import { patchObject, updateObject } from './verbs/update.ts';

/** Who asks, and about what. */
export interface ServiceRequest {
  readonly caller: Caller;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** The one object that a list or watch selects by metadata.name: rights on that object suffice. */
  readonly selectedName?: string | undefined;
  /** Looks at the request once it is known to be allowed, before it has any effect; throws to refuse it. */
  readonly inspect?: ((served: ServedResource) => void) | undefined;
}

export interface ServedPage {
  readonly served: ServedResource;
  readonly page: Page;
}

export interface ServedWatch {
  readonly served: ServedResource;
  readonly watcher: Watcher;
}

export interface ResourceServiceOptions {
  readonly context: ServerContext;
  readonly gate: Gate;
  readonly authoriser: RbacAuthoriser;
  readonly tokens: TokenUsers;
}

interface Step {
  readonly target: Target;
  readonly user: UserInfo;
}

/**
 * Every verb on every kind, whoever carries the request: authorised, carried out, recorded. Synchronous: a write
 * is readable when it returns. Answers share the store's frozen objects; bodies handed in become the store's.
 */
export class ResourceService {
  readonly #options: ResourceServiceOptions;

  constructor(options: ResourceServiceOptions) {
    this.#options = options;
  }

  get(request: ServiceRequest, resourceVersion?: string): KubeObject {
    return this.#pass('get', request, false, ({ target }) => {
      switch (request.subresource ?? '') {
        case '':
        case 'status':
          return getObject(this.#context, target, resourceVersion);
        case 'scale':
          return getScale(this.#context, target);
        case 'log':
          storedObject(this.#context, target);
          throw notImplemented('pod logs are not served by this API server');
        default:
          throw methodNotAllowed();
      }
    });
  }

  list(request: ServiceRequest, query: ListQuery): ServedPage {
    return this.#pass('list', selecting(request, query), false, ({ target }) => ({
      served: target.served,
      page: listObjects(this.#context, target, query),
    }));
  }

  watch(request: ServiceRequest, query: WatchRequest): ServedWatch {
    return this.#pass('watch', selecting(request, query), false, ({ target }) => ({
      served: target.served,
      watcher: watchObjects(this.#context, target, query),
    }));
  }

  create(request: ServiceRequest, body: unknown, mode: WriteMode): KubeObject {
    return this.#pass('create', request, mode.dryRun, (step) => {
      if (step.target.served.definition.isReview)
        return answerReview({ ...this.#options, user: step.user, nowMs: this.#context.clock.now() }, step.target, body);
      return request.subresource
        ? this.#createSubresource(request.subresource, step.target, { body, mode })
        : createObject(this.#context, step.target, body, mode);
    });
  }

  update(request: ServiceRequest, body: unknown, mode: WriteMode): KubeObject {
    return this.#pass('update', request, mode.dryRun, ({ target }) => {
      switch (request.subresource ?? '') {
        case '':
        case 'status':
          return updateObject(this.#context, target, body, { ...mode, isStatus: request.subresource === 'status' });
        case 'scale':
          return updateScale(this.#context, target, body, mode);
        case 'finalize':
          return finalizeNamespace(this.#context, target, body, mode);
        default:
          throw methodNotAllowed();
      }
    });
  }

  patch(request: ServiceRequest, patch: Patch, mode: WriteMode): KubeObject {
    return this.#pass('patch', request, mode.dryRun, ({ target }) => {
      switch (request.subresource ?? '') {
        case '':
        case 'status':
          return patchObject(this.#context, target, patch, { ...mode, isStatus: request.subresource === 'status' });
        case 'scale':
          return patchScale(this.#context, target, patch, mode);
        default:
          throw methodNotAllowed();
      }
    });
  }

  delete(request: ServiceRequest, how: DeleteRequest): Deleted {
    return this.#pass('delete', request, how.dryRun, ({ target }) => {
      if (request.subresource) throw methodNotAllowed();
      return deleteObject(this.#context, target, how);
    });
  }

  deleteCollection(request: ServiceRequest, query: ListQuery, how: DeleteRequest): { served: ServedResource; objects: KubeObject[] } {
    return this.#pass('deletecollection', selecting(request, query), how.dryRun, ({ target }) => ({
      served: target.served,
      objects: deleteCollection(this.#context, target, query, how),
    }));
  }

  get #context(): ServerContext {
    return this.#options.context;
  }

  #createSubresource(subresource: string, target: Target, { body, mode }: { body: unknown; mode: WriteMode }): KubeObject {
    switch (subresource) {
      case 'eviction':
        return evictPod(this.#context, target, { ...deleteOptionsOf(body), dryRun: mode.dryRun }) as KubeObject;
      case 'binding':
        return bindPod(this.#context, target, body, mode) as KubeObject;
      case 'token': {
        const { clock, random } = this.#context;
        const newToken = `${random.uuid()}${random.uuid()}`.replaceAll('-', '');
        return issueToken({ tokens: this.#options.tokens, nowMs: clock.now(), newToken }, storedObject(this.#context, target), body);
      }
      default:
        throw methodNotAllowed();
    }
  }

  #pass<T>(verb: string, request: ServiceRequest, dryRun: boolean, action: (step: Step) => T): T {
    const { registry } = this.#context;
    const isReview = registry.find(request.group, request.version, request.resource)?.definition.isReview === true;
    const isRead = verb === 'get' || verb === 'list' || verb === 'watch' || isReview;
    const gated = { caller: request.caller, attributes: attributesOf(verb, request), apiVersion: request.version, dryRun, isRead };
    return this.#options.gate.pass(gated, (user) => {
      const target = this.#targetOf(verb, request);
      request.inspect?.(target.served);
      return action({ user, target });
    });
  }

  /** Throws 404 for what is not served, 405 for what is not offered of it. */
  #targetOf(verb: string, request: ServiceRequest): Target {
    const served = this.#context.registry.find(request.group, request.version, request.resource);
    if (served === undefined) throw noSuchResource();
    checkOffered(served, verb, request.subresource ?? '');
    const { namespaced } = served.definition;
    const name = request.name ?? '';
    if (!namespaced && request.namespace) throw noSuchResource();
    if (namespaced && name !== '' && !request.namespace)
      throw badRequest('an empty namespace may not be set when a resource name is provided');
    return { served, namespace: request.namespace || undefined, name };
  }
}

function checkOffered({ definition }: ServedResource, verb: string, subresource: string): void {
  if (subresource === '') {
    if (!definition.verbs.includes(verb)) throw methodNotAllowed();
    return;
  }
  const offered = definition.subresources.find(({ name }) => name === subresource);
  if (offered === undefined) throw noSuchResource();
  if (!offered.verbs.includes(verb)) throw methodNotAllowed();
}

function selecting(request: ServiceRequest, { fieldSelector }: ListQuery): ServiceRequest {
  const selectedName = /^metadata\.name==?([^,=!\\]+)$/.exec(fieldSelector ?? '')?.[1];
  return selectedName === undefined ? request : { ...request, selectedName };
}

/** A request for one namespace counts as made in it. */
function attributesOf(verb: string, request: ServiceRequest): RequestAttributes {
  const { group, resource, subresource, namespace, selectedName } = request;
  const name = request.name || selectedName;
  const within = group === '' && resource === 'namespaces' && name ? name : namespace;
  return { verb, group, resource, ...(subresource && { subresource }), ...(within && { namespace: within }), ...(name && { name }) };
}

/** DeleteOptions as they stand in a body; `dryRun` is the transport's to add. Throws 400 for ill-typed ones. */
export function deleteOptionsOf(body: unknown): Omit<DeleteRequest, 'dryRun'> {
  const options = (stringAt(body, 'kind') === 'Eviction' ? (body as JsonObject)['deleteOptions'] : body) as JsonObject | undefined;
  const grace = options?.['gracePeriodSeconds'];
  if (grace !== undefined && grace !== null && !Number.isInteger(grace)) throw badRequest('gracePeriodSeconds must be an integer');
  return {
    uid: stringAt(options, 'preconditions', 'uid'),
    resourceVersion: stringAt(options, 'preconditions', 'resourceVersion'),
    gracePeriodSeconds: typeof grace === 'number' ? grace : undefined,
    propagationPolicy: stringAt(options, 'propagationPolicy') ?? orphanPolicy(options?.['orphanDependents']),
  };
}

const orphanPolicy = (orphans: unknown) => (orphans === undefined ? undefined : orphans === true ? 'Orphan' : 'Background');

export function apiVersionOfServed({ definition, version }: ServedResource): string {
  return apiVersionOf({ group: definition.group, version });
}
