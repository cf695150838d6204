import type {
  AccessAttributes,
  AccessReview,
  ApiServer,
  DeleteOptions,
  ListOptions,
  ListPage,
  ObjectName,
  Patch,
  RequestOptions,
  TokenReview,
  WatchOptions,
  WriteOptions,
} from '../kube/api-server.ts';
import type { WatchEvent } from '../kube/watch-event.ts';
import type { JsonObject, KubeObject } from '../model/kube-object.ts';
import type { Resource } from '../model/resource.ts';
import type { UserInfo } from '../model/user.ts';
import type { Caller } from './access/gate.ts';
import { checkPatchedFields } from './http/field-validation.ts';
import { arrayAt, cloneJson, objectAt, stringAt, valueAt } from './json-value.ts';
import type { ResourceService, ServiceRequest } from './resource-service.ts';
import type { ServedResource } from './resources/resource-definition.ts';
import type { ResourceRegistry } from './resources/resource-registry.ts';
import { StatusError } from './status.ts';
import type { StoreEvent, Watcher } from './store/watcher.ts';
import { presented, type WriteMode } from './verbs/target.ts';

export interface InProcessClientOptions {
  readonly service: ResourceService;
  readonly registry: ResourceRegistry;
  readonly gitVersion: string;
  readonly user: UserInfo;
  readonly isTrusted: boolean;
  /** Objects handed out are the store's own, frozen, instead of copies that belong to the caller. */
  readonly sharesObjects: boolean;
  readonly newAuditId: () => string;
}

/**
 * The port without a wire. Everything that leaves is a copy, as the port promises, unless `sharesObjects`;
 * everything that comes in is copied, so the caller may go on changing it.
 */
export class InProcessClient implements ApiServer {
  readonly #options: InProcessClientOptions;
  readonly #watchers = new Set<Watcher>();
  #isClosed = false;

  constructor(options: InProcessClientOptions) {
    this.#options = options;
  }

  async list(resource: Resource, options: ListOptions = {}): Promise<ListPage> {
    const { page } = this.#call(options, () => this.#service.list(this.#request(resource, options, options), options));
    const { items, revision, continue: next, remainingItemCount } = page;
    return {
      items: this.#options.sharesObjects ? [...items] : items.map((object) => cloneJson(object)),
      resourceVersion: String(revision),
      ...(next !== undefined && { continue: next }),
      ...(remainingItemCount !== undefined && { remainingItemCount }),
    };
  }

  async *watch(resource: Resource, options: WatchOptions): AsyncIterable<WatchEvent> {
    const { signal } = options;
    if (signal?.aborted) return;
    const query = { ...options, allowWatchBookmarks: options.allowWatchBookmarks ?? true };
    const { served, watcher } = this.#call({}, () => this.#service.watch(this.#request(resource, options, options), query));
    const cancel = () => watcher.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    this.#watchers.add(watcher);
    try {
      for (let event = await watcher.next(); event !== undefined; event = await watcher.next()) yield this.#watchEvent(served, event);
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.#watchers.delete(watcher);
      watcher.cancel();
    }
  }

  async get(resource: Resource, name: ObjectName, options: RequestOptions = {}): Promise<KubeObject> {
    return this.#handOut(this.#call(options, () => this.#service.get(this.#request(resource, name, options))));
  }

  async create(resource: Resource, object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    const { subresource } = options;
    const { namespace, name } = object.metadata;
    const about = { ...(namespace !== undefined && { namespace }), ...(subresource !== undefined && { name }) };
    return this.#handOut(
      this.#call(options, () => this.#service.create(this.#request(resource, about, options), cloneJson(object), modeOf(options))),
    );
  }

  async update(resource: Resource, object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    return this.#handOut(
      this.#call(options, () =>
        this.#service.update(this.#request(resource, object.metadata, options), cloneJson(object), modeOf(options)),
      ),
    );
  }

  async patch(resource: Resource, name: ObjectName, patch: Patch, options: WriteOptions = {}): Promise<KubeObject> {
    return this.#handOut(this.#call(options, () => this.#service.patch(this.#request(resource, name, options), patch, modeOf(options))));
  }

  async delete(resource: Resource, name: ObjectName, options: DeleteOptions = {}): Promise<KubeObject> {
    const how = { ...options, dryRun: options.dryRun ?? false };
    return this.#handOut(this.#call(options, () => this.#service.delete(this.#request(resource, name, options), how)).object);
  }

  async evict(pod: ObjectName, options: DeleteOptions = {}): Promise<void> {
    const { dryRun, uid, resourceVersion, gracePeriodSeconds, propagationPolicy } = options;
    const deleteOptions = { preconditions: { uid, resourceVersion }, gracePeriodSeconds, propagationPolicy };
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { ...pod }, deleteOptions };
    const request = this.#request({ group: '', version: 'v1', resource: 'pods' }, pod, { ...options, subresource: 'eviction' });
    this.#call(options, () => this.#service.create(request, body, { dryRun: dryRun ?? false }));
  }

  async discover(options: RequestOptions = {}): Promise<Resource[]> {
    return this.#call(options, () => this.#options.registry.resources());
  }

  async version(options: RequestOptions = {}): Promise<{ readonly gitVersion: string }> {
    return this.#call(options, () => ({ gitVersion: this.#options.gitVersion }));
  }

  async reviewAccess(user: UserInfo, access: AccessAttributes, options: RequestOptions = {}): Promise<AccessReview> {
    const { username, uid, groups, extra } = user;
    const spec = { user: username, uid, groups: [...groups], extra, resourceAttributes: access };
    return accessReviewOf(this.#review('SubjectAccessReview', spec, options));
  }

  async reviewOwnAccess(access: AccessAttributes, options: RequestOptions = {}): Promise<AccessReview> {
    return accessReviewOf(this.#review('SelfSubjectAccessReview', { resourceAttributes: access }, options));
  }

  async reviewToken(token: string, audiences: readonly string[], options: RequestOptions = {}): Promise<TokenReview> {
    const status = this.#review('TokenReview', { token, audiences: [...audiences] }, options);
    const error = stringAt(status, 'error');
    if (status['authenticated'] !== true) return { audiences: [], ...(error !== undefined && { error }) };
    return { user: valueAt(status, 'user') as UserInfo, audiences: arrayAt(status, 'audiences').map(String) };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const watcher of [...this.#watchers]) watcher.cancel();
  }

  get #service(): ResourceService {
    return this.#options.service;
  }

  #call<T>({ signal }: RequestOptions, action: () => T): T {
    signal?.throwIfAborted();
    if (this.#isClosed) throw new StatusError({ code: 503, reason: 'ServiceUnavailable', message: 'this client is closed' });
    return action();
  }

  #review(kind: string, spec: JsonObject, options: RequestOptions): JsonObject {
    const group = kind === 'TokenReview' ? 'authentication.k8s.io' : 'authorization.k8s.io';
    const body = { apiVersion: `${group}/v1`, kind, metadata: {}, spec };
    const request = this.#request({ group, version: 'v1', resource: `${kind.toLowerCase()}s` }, {}, options);
    const answer = this.#call(options, () => this.#service.create(request, cloneJson(body), { dryRun: false }));
    return cloneJson(objectAt(answer, 'status') ?? {});
  }

  #request(
    resource: Pick<Resource, 'group' | 'version' | 'resource'>,
    about: Partial<ObjectName>,
    options: RequestOptions & { subresource?: string },
  ): ServiceRequest {
    const { group, version, resource: plural } = resource;
    return {
      caller: this.#caller(options),
      group,
      version,
      resource: plural,
      subresource: options.subresource,
      namespace: about.namespace,
      name: about.name,
    };
  }

  #caller({ impersonate, auditId }: RequestOptions): Caller {
    const { user, isTrusted, newAuditId } = this.#options;
    return { user, isTrusted, impersonate, auditId: auditId ?? (isTrusted && impersonate === undefined ? undefined : newAuditId()) };
  }

  #handOut(object: KubeObject): KubeObject {
    return this.#options.sharesObjects ? object : cloneJson(object);
  }

  #watchEvent(served: ServedResource, event: StoreEvent): WatchEvent {
    if (event.type === 'bookmark') return { type: 'bookmark', resourceVersion: String(event.revision) };
    return { type: event.type, object: this.#handOut(presented(served, event.object)) };
  }
}

const modeOf = ({ dryRun = false, fieldValidation }: WriteOptions): WriteMode => ({
  dryRun,
  ...(fieldValidation !== undefined && {
    inspectPatched: (served: ServedResource, object: unknown) => void checkPatchedFields(fieldValidation, served, object),
  }),
});

function accessReviewOf(status: JsonObject): AccessReview {
  const reason = stringAt(status, 'reason');
  return { allowed: status['allowed'] === true, ...(reason !== undefined && { reason }) };
}
