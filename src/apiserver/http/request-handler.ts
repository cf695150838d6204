import type { KubeObject } from '../../model/kube-object.ts';
import type { Caller } from '../access/gate.ts';
import type { ApiServerCore } from '../api-server-core.ts';
import { deleteOptionsOf, type ServiceRequest } from '../resource-service.ts';
import type { ServedResource } from '../resources/resource-definition.ts';
import { methodNotAllowed, noSuchResource, StatusError, successStatus } from '../status.ts';
import type { IncludeObject } from '../table/table.ts';
import type { ListQuery, WatchRequest } from '../verbs/read.ts';
import type { WriteMode } from '../verbs/target.ts';
import { errorAnswer, hasProtobuf, jsonAnswer, listAnswer, listText, objectAnswer, type Rendering } from './answers.ts';
import { type ApiAnswer, type ApiRequest, headerOf } from './api-request.ts';
import { booleanParameter, integerParameter, isDryRun, jsonBody, patchBody } from './bodies.ts';
import { checkBodyFields, checkPatchedFields, checkPatchFields, validationOf, warningHeaders } from './field-validation.ts';
import { callerOf } from './identity.ts';
import { type AnswerForm, acceptedForm } from './media-types.ts';
import { otherAnswer } from './other-paths.ts';
import { type ResourcePath, resourcePathOf } from './routes.ts';
import { refusedWatch, watchLines } from './watch-lines.ts';

/** Events that may wait for a watcher's connection to drain; one that lets more pile up is cut off. */
const MAX_PENDING_EVENTS = 1_000;

/** Answers HTTP requests to one cluster. Never throws. */
export class RequestHandler {
  readonly #core: ApiServerCore;

  constructor(core: ApiServerCore) {
    this.#core = core;
  }

  handle(request: ApiRequest): ApiAnswer {
    const auditId = headerOf(request, 'audit-id') || this.#core.random.uuid();
    const answer = this.#answer(request, auditId);
    return { ...answer, headers: { ...answer.headers, 'audit-id': auditId } };
  }

  #answer(request: ApiRequest, auditId: string): ApiAnswer {
    try {
      const caller = callerOf(request, this.#core.tokens, () => auditId);
      const path = resourcePathOf(request.path);
      return path === undefined ? otherAnswer(this.#core, request, caller) : this.#resourceAnswer(request, caller, path);
    } catch (error) {
      return errorAnswer(error);
    }
  }

  #resourceAnswer(request: ApiRequest, caller: Caller, path: ResourcePath): ApiAnswer {
    const target: ServiceRequest = { caller, ...path };
    if (path.name === undefined && (request.method === 'PUT' || request.method === 'PATCH')) throw methodNotAllowed();
    switch (request.method) {
      case 'GET':
      case 'HEAD':
        return this.#read(request, target);
      case 'POST':
        return this.#create(request, target);
      case 'PUT': {
        const body = jsonBody(request);
        const inspected = inspecting(target, (served) => checkBodyFields(request.query, served, body));
        return this.#written(request, inspected, this.#core.service.update(inspected, body, { dryRun: isDryRun(request) }));
      }
      case 'PATCH': {
        const patch = patchBody(request);
        const inspected = inspecting(target, (served) => checkPatchFields(request.query, served, patch));
        return this.#written(request, inspected, this.#core.service.patch(inspected, patch, this.#patchMode(request, inspected)));
      }
      case 'DELETE':
        return target.name === undefined ? this.#deleteCollection(request, target) : this.#delete(request, target);
      default:
        throw methodNotAllowed();
    }
  }

  #patchMode(request: ApiRequest, { warnings }: InspectedRequest): WriteMode {
    const validation = validationOf(request.query);
    return {
      dryRun: isDryRun(request),
      inspectPatched: (served, object) => void warnings.push(...checkPatchedFields(validation, served, object)),
    };
  }

  #read(request: ApiRequest, target: ServiceRequest): ApiAnswer {
    const { query } = request;
    if (booleanParameter(query, 'watch') === true) return this.#watch(request, target);
    if (target.name === undefined)
      return listAnswer(this.#core.service.list(target, listQuery(query)), this.#collectionRendering(request, target));
    const object = this.#core.service.get(target, query.get('resourceVersion') ?? undefined);
    return objectAnswer(200, this.#served(target), object, this.#rendering(request));
  }

  #watch(request: ApiRequest, target: ServiceRequest): ApiAnswer {
    const { form, includeObject } = this.#collectionRendering(request, target);
    const { name, ...collection } = target;
    const query = watchQuery(request.query, name);
    try {
      return watchLines(this.#core.service.watch(collection, query), { form, includeObject, now: () => this.#core.clock.now() });
    } catch (error) {
      if (error instanceof StatusError && error.code === 'gone') return refusedWatch(error, form);
      throw error;
    }
  }

  #create(request: ApiRequest, target: ServiceRequest): ApiAnswer {
    if (target.name !== undefined && target.subresource === undefined) throw methodNotAllowed();
    const body = jsonBody(request);
    const inspected = inspecting(target, (served) => checkBodyFields(request.query, served, body));
    const dryRun = isDryRun(request, target.subresource === 'eviction' ? body : undefined);
    return this.#written(request, inspected, this.#core.service.create(inspected, body, { dryRun }));
  }

  #written(request: ApiRequest, target: InspectedRequest, object: KubeObject): ApiAnswer {
    const status = request.method === 'POST' ? 201 : 200;
    const answer = objectAnswer(status, this.#served(target), object, this.#rendering(request));
    return { ...answer, headers: { ...answer.headers, ...warningHeaders(target.warnings) } };
  }

  #delete(request: ApiRequest, target: ServiceRequest): ApiAnswer {
    const body = jsonBody(request);
    const { object, isGone } = this.#core.service.delete(target, {
      ...deleteQuery(request.query),
      ...definedOf(deleteOptionsOf(body)),
      dryRun: isDryRun(request, body),
    });
    const served = this.#served(target);
    const { group, resource, rules } = served.definition;
    if (!isGone || rules.returnsDeleted) return objectAnswer(200, served, object, this.#rendering(request));
    const { name, uid } = object.metadata;
    return jsonAnswer(200, successStatus({ name, ...(group !== '' && { group }), kind: resource, ...(uid !== undefined && { uid }) }));
  }

  #deleteCollection(request: ApiRequest, target: ServiceRequest): ApiAnswer {
    const body = jsonBody(request);
    const how = { ...deleteQuery(request.query), ...definedOf(deleteOptionsOf(body)), dryRun: isDryRun(request, body) };
    const { served, objects } = this.#core.service.deleteCollection(target, listQuery(request.query), how);
    return jsonAnswer(200, listText(served, objects, { resourceVersion: String(this.#core.revision) }));
  }

  #rendering(request: ApiRequest): Rendering {
    return this.#renderingAs(request, acceptedForm(headerOf(request, 'accept')));
  }

  #renderingAs(request: ApiRequest, form: AnswerForm): Rendering {
    const includeObject = (request.query.get('includeObject') ?? 'Metadata') as IncludeObject;
    return { form, includeObject, nowMs: this.#core.clock.now() };
  }

  /** Of lists and watches, which have a protobuf form too. */
  #collectionRendering(request: ApiRequest, { group, version, resource }: ServiceRequest): Rendering {
    const served = this.#core.registry.find(group, version, resource);
    const form = acceptedForm(headerOf(request, 'accept'), served !== undefined && hasProtobuf(served));
    return this.#renderingAs(request, form);
  }

  #served({ group, version, resource }: ServiceRequest) {
    const served = this.#core.registry.find(group, version, resource);
    if (served === undefined) throw noSuchResource();
    return served;
  }
}

interface InspectedRequest extends ServiceRequest {
  readonly warnings: string[];
}

/** Has the members of a body looked at that has the shape of the kind; those of most sub-resources have another. */
function inspecting(request: ServiceRequest, check: (served: ServedResource) => string[]): InspectedRequest {
  const warnings: string[] = [];
  const isWhole = request.subresource === undefined || request.subresource === 'status';
  return { ...request, warnings, inspect: (served) => void (isWhole && warnings.push(...check(served))) };
}

function listQuery(query: URLSearchParams): ListQuery {
  return {
    labelSelector: query.get('labelSelector') ?? undefined,
    fieldSelector: query.get('fieldSelector') ?? undefined,
    limit: integerParameter(query, 'limit'),
    continue: query.get('continue') ?? undefined,
    resourceVersion: query.get('resourceVersion') ?? undefined,
    resourceVersionMatch: query.get('resourceVersionMatch') ?? undefined,
  };
}

/** A watch on one object is a watch on its collection, narrowed by name. */
function watchQuery(query: URLSearchParams, name: string | undefined): WatchRequest {
  const fields = query.get('fieldSelector') ?? undefined;
  return {
    labelSelector: query.get('labelSelector') ?? undefined,
    fieldSelector: name === undefined ? fields : `metadata.name=${name}${fields ? `,${fields}` : ''}`,
    resourceVersion: query.get('resourceVersion') ?? undefined,
    resourceVersionMatch: query.get('resourceVersionMatch') ?? undefined,
    timeoutSeconds: integerParameter(query, 'timeoutSeconds'),
    allowWatchBookmarks: booleanParameter(query, 'allowWatchBookmarks'),
    sendInitialEvents: booleanParameter(query, 'sendInitialEvents'),
    maxPending: MAX_PENDING_EVENTS,
  };
}

function deleteQuery(query: URLSearchParams) {
  return {
    gracePeriodSeconds: integerParameter(query, 'gracePeriodSeconds'),
    propagationPolicy: query.get('propagationPolicy') ?? undefined,
  };
}

function definedOf<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}
