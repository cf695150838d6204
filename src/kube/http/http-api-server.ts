import type { KubeObject } from '../../model/kube-object.ts';
import { apiVersionOf, type Resource } from '../../model/resource.ts';
import type { UserInfo } from '../../model/user.ts';
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
} from '../api-server.ts';
import type { WatchStream } from '../watch-event.ts';
import { accessReviewCall, accessReviewOf, ownAccessReviewCall, tokenReviewCall, tokenReviewOf } from './access-reviews.ts';
import { ApiCaller, type ApiCallerOptions, type Call } from './api-caller.ts';
import { CollectionReader, type CollectionReaderOptions } from './collection-reader.ts';
import { deleteBody } from './delete-body.ts';
import { discoverResources } from './discovery.ts';
import { METADATA } from './metadata-only.ts';
import { isFields, isKubeObject, unreadableAnswer } from './object-shape.ts';
import { patchBody } from './patch-body.ts';
import { collectionPath, objectPath, type Query, withQuery } from './resource-path.ts';

const PODS: Resource = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };

export interface HttpApiServerOptions extends ApiCallerOptions, CollectionReaderOptions {}

/** A cluster's API server, over HTTP. */
export class HttpApiServer implements ApiServer {
  readonly #options: HttpApiServerOptions;
  readonly #caller: ApiCaller;
  readonly #collections: CollectionReader;

  constructor(options: HttpApiServerOptions) {
    this.#options = options;
    this.#caller = new ApiCaller(options);
    this.#collections = new CollectionReader(this.#caller, options);
  }

  list(resource: Resource, options: ListOptions = {}): Promise<ListPage> {
    return this.#collections.list(resource, options);
  }

  watch(resource: Resource, options: WatchOptions): WatchStream {
    return this.#collections.watch(resource, options);
  }

  async get(resource: Resource, name: ObjectName, options: RequestOptions = {}): Promise<KubeObject> {
    return this.#object({ method: 'GET', path: objectPath(resource, name), ...this.#collections.content(resource, METADATA) }, options);
  }

  async create(resource: Resource, object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    const { name, namespace } = object.metadata;
    const path =
      options.subresource === undefined
        ? collectionPath(resource, namespace)
        : objectPath(resource, nameOf(name, namespace), options.subresource);
    return this.#object({ method: 'POST', path: withQuery(path, writeQuery(options)), body: object, ...effect(options) }, options);
  }

  async update(resource: Resource, object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    const path = objectPath(resource, nameOf(object.metadata.name, object.metadata.namespace), options.subresource);
    return this.#object({ method: 'PUT', path: withQuery(path, writeQuery(options)), body: object, ...effect(options) }, options);
  }

  async patch(resource: Resource, name: ObjectName, patch: Patch, options: WriteOptions = {}): Promise<KubeObject> {
    const force = patch.type === 'apply' ? patch.force : undefined;
    const path = withQuery(objectPath(resource, name, options.subresource), { ...writeQuery(options), force });
    return this.#object({ method: 'PATCH', path, ...patchBody(patch), ...effect(options) }, options);
  }

  async delete(resource: Resource, name: ObjectName, options: DeleteOptions = {}): Promise<KubeObject> {
    const call: Call = { method: 'DELETE', path: objectPath(resource, name), body: deleteBody(options), ...effect(options) };
    return deletedObject(await this.#caller.json(call, options), resource, name);
  }

  async evict(pod: ObjectName, options: DeleteOptions = {}): Promise<void> {
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { ...pod }, deleteOptions: deleteBody(options) };
    const dryRun = options.dryRun === true ? 'All' : undefined;
    await this.#caller.json(
      { method: 'POST', path: withQuery(objectPath(PODS, pod, 'eviction'), { dryRun }), body, ...effect(options) },
      options,
    );
  }

  async discover(options: RequestOptions = {}): Promise<Resource[]> {
    return discoverResources((path, accept) =>
      this.#caller.json({ method: 'GET', path, ...(accept === undefined ? {} : { accept }) }, options),
    );
  }

  async version(options: RequestOptions = {}): Promise<{ readonly gitVersion: string }> {
    const answer = await this.#caller.json({ method: 'GET', path: '/version' }, options);
    if (!isFields(answer) || typeof answer['gitVersion'] !== 'string') throw unreadableAnswer('GET /version told no version');
    return { gitVersion: answer['gitVersion'] };
  }

  async reviewAccess(user: UserInfo, access: AccessAttributes, options: RequestOptions = {}): Promise<AccessReview> {
    return accessReviewOf(await this.#caller.json(accessReviewCall(access, user), options));
  }

  async reviewOwnAccess(access: AccessAttributes, options: RequestOptions = {}): Promise<AccessReview> {
    return accessReviewOf(await this.#caller.json(ownAccessReviewCall(access), options));
  }

  async reviewToken(token: string, audiences: readonly string[], options: RequestOptions = {}): Promise<TokenReview> {
    return tokenReviewOf(await this.#caller.json(tokenReviewCall(token, audiences), options));
  }

  close(): Promise<void> {
    return this.#options.transport.close();
  }

  /** As `CollectionReader.unusual`. */
  get unusual(): number {
    return this.#collections.unusual;
  }

  async #object(call: Call, options: RequestOptions): Promise<KubeObject> {
    const answer = await this.#caller.json(call, options);
    // A binding or an eviction is answered with a Status, which has no name.
    if (isKubeObject(answer) || (call.method === 'POST' && isFields(answer))) return answer as KubeObject;
    throw unreadableAnswer('the answer is not an object of Kubernetes');
  }
}

function writeQuery(options: WriteOptions): Query {
  const { fieldManager, fieldValidation } = options;
  return { dryRun: options.dryRun === true ? 'All' : undefined, fieldManager, fieldValidation };
}

/** A dry run changes nothing: without an answer it may simply be sent again. */
function effect(options: { dryRun?: boolean }): Pick<Call, 'effect'> {
  return options.dryRun === true ? { effect: 'read' } : {};
}

function nameOf(name: string, namespace: string | undefined): ObjectName {
  return namespace === undefined ? { name } : { namespace, name };
}

/** Most kinds answer a completed deletion with a Status that names the object; then that is all there is to tell. */
function deletedObject(answer: unknown, resource: Resource, name: ObjectName): KubeObject {
  if (isKubeObject(answer)) return answer;
  if (!isFields(answer) || answer['kind'] !== 'Status')
    throw unreadableAnswer('the answer to a deletion is neither an object nor a Status');
  const details = isFields(answer['details']) ? answer['details'] : {};
  const uid = typeof details['uid'] === 'string' ? { uid: details['uid'] } : {};
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata: { ...name, ...uid } };
}
