/** Objects, lists and refusals as whole answers. */
import { messageOf, PROTOBUF_TYPE } from '../../kube/protobuf/message-rules.ts';
import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import type { ServedPage } from '../resource-service.ts';
import { apiVersionOfServed } from '../resource-service.ts';
import type { ServedResource } from '../resources/resource-definition.ts';
import { StatusError, statusOf } from '../status.ts';
import { type IncludeObject, partialMetadata, tableKindOf, tableOf } from '../table/table.ts';
import type { WholeAnswer } from './api-request.ts';
import { type AnswerForm, isProtobufForm } from './media-types.ts';
import { encodeProtobufList } from './protobuf-encoder.ts';

export function jsonAnswer(status: number, body: unknown, contentType = 'application/json'): WholeAnswer {
  return textAnswer(status, typeof body === 'string' ? body : JSON.stringify(body), contentType);
}

export function textAnswer(status: number, body: string, contentType = 'text/plain; charset=utf-8'): WholeAnswer {
  return { type: 'whole', status, headers: { 'content-type': contentType, 'cache-control': 'no-cache, private' }, body };
}

export function errorAnswer(error: unknown): WholeAnswer {
  const status = statusOf(error);
  const answer = jsonAnswer(Number(status['code']), status);
  const retryAfter = error instanceof StatusError ? error.parts.details?.retryAfterSeconds : undefined;
  return retryAfter === undefined ? answer : { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfter) } };
}

export interface Rendering {
  readonly form: AnswerForm;
  readonly includeObject: IncludeObject;
  readonly nowMs: number;
}

export function objectAnswer(status: number, served: ServedResource, object: KubeObject, rendering: Rendering): WholeAnswer {
  const { form } = rendering;
  if (object.kind === 'Status' || form.as === 'object') return jsonAnswer(status, object);
  if (form.as === 'table')
    return jsonAnswer(status, tableAnswer(served, [object], { resourceVersion: object.metadata.resourceVersion }, rendering));
  return jsonAnswer(status, partialMetadata(object));
}

export function listAnswer({ served, page }: ServedPage, rendering: Rendering): WholeAnswer {
  const { revision, continue: next, remainingItemCount, items } = page;
  const metadata = {
    resourceVersion: String(revision),
    ...(next !== undefined && { continue: next }),
    ...(remainingItemCount !== undefined && { remainingItemCount }),
  };
  switch (rendering.form.as) {
    case 'table':
      return jsonAnswer(200, tableAnswer(served, items, metadata, rendering));
    case 'partial':
    case 'partial-list':
      return jsonAnswer(200, {
        kind: 'PartialObjectMetadataList',
        apiVersion: 'meta.k8s.io/v1',
        metadata,
        items: items.map(partialMetadata),
      });
    default:
      return isProtobufForm(rendering.form)
        ? protobufListAnswer(served, items, metadata)
        : jsonAnswer(200, listText(served, items, metadata));
  }
}

/** Whether the kind has a protobuf form at all: custom kinds have none. */
export function hasProtobuf({ definition }: ServedResource): boolean {
  return !definition.isCustom && messageOf(definition.group, definition.kind) !== undefined;
}

function protobufListAnswer(served: ServedResource, items: readonly KubeObject[], metadata: JsonObject): WholeAnswer {
  const list = { apiVersion: apiVersionOfServed(served), kind: served.definition.kind, metadata, items };
  return { ...textAnswer(200, '', PROTOBUF_TYPE), body: encodeProtobufList(list) };
}

function tableAnswer(
  served: ServedResource,
  objects: readonly KubeObject[],
  metadata: JsonObject,
  { form, includeObject, nowMs }: Rendering,
): JsonObject {
  const stored = served.definition.convert === undefined ? objects : objects.map(served.definition.convert.toStored);
  return tableOf(stored, { kind: tableKindOf(served), nowMs, includeObject, apiVersion: tableVersion(form), metadata });
}

export function tableVersion(form: AnswerForm): string {
  return form.as === 'object' ? 'meta.k8s.io/v1' : `meta.k8s.io/${form.version}`;
}

/** Elements of a list of a built-in kind carry no apiVersion and kind, those of a custom kind do. */
export function listText(served: ServedResource, items: readonly KubeObject[], metadata: JsonObject): string {
  const { definition } = served;
  const apiVersion = apiVersionOfServed(served);
  const envelope = `{"apiVersion":${JSON.stringify(apiVersion)},"kind":${JSON.stringify(definition.kind)},`;
  const elements = items.map((item) => {
    const text = JSON.stringify(item);
    return !definition.isCustom && text.startsWith(envelope) ? `{${text.slice(envelope.length)}` : text;
  });
  return `{"kind":${JSON.stringify(definition.listKind)},"apiVersion":${JSON.stringify(apiVersion)},"metadata":${JSON.stringify(metadata)},"items":[${elements.join(',')}]}`;
}
