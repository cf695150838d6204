/** A watch as lines of JSON, or as frames of protobuf. */
import { PROTOBUF_TYPE } from '../../kube/protobuf/message-rules.ts';
import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import type { ServedWatch } from '../resource-service.ts';
import { apiVersionOfServed } from '../resource-service.ts';
import { statusOf } from '../status.ts';
import type { StoreEvent } from '../store/watcher.ts';
import { partialMetadata, tableKindOf, tableOf } from '../table/table.ts';
import { presented } from '../verbs/target.ts';
import { type Rendering, tableVersion } from './answers.ts';
import type { LineStream } from './api-request.ts';
import { type AnswerForm, isProtobufForm } from './media-types.ts';
import { encodeWatchFrame } from './protobuf-encoder.ts';

const HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-cache, private' };
const PROTOBUF_HEADERS = { ...HEADERS, 'content-type': `${PROTOBUF_TYPE};stream=watch` };

export interface WatchRendering extends Omit<Rendering, 'nowMs'> {
  readonly now: () => number;
}

export function watchLines({ served, watcher }: ServedWatch, rendering: WatchRendering): LineStream {
  const lineOf = lineMaker({ served, watcher }, rendering);
  const line = (event: StoreEvent | undefined) => (event === undefined ? undefined : lineOf(event));
  return {
    type: 'lines',
    status: 200,
    headers: isProtobufForm(rendering.form) ? PROTOBUF_HEADERS : HEADERS,
    poll: () => line(watcher.poll()),
    next: async () => line(await watcher.next()),
    cancel: () => watcher.cancel(),
  };
}

/** A watch refused after its headers: one ERROR line, as the real server answers a version that is too old. */
export function refusedWatch(error: unknown, form: AnswerForm): LineStream {
  const isProtobuf = isProtobufForm(form);
  const status = statusOf(error);
  const lines = [isProtobuf ? encodeWatchFrame('ERROR', status) : `${JSON.stringify({ type: 'ERROR', object: status })}\n`];
  return {
    type: 'lines',
    status: 200,
    headers: isProtobuf ? PROTOBUF_HEADERS : HEADERS,
    poll: () => lines.pop(),
    next: async () => lines.pop(),
    cancel: () => {},
  };
}

function lineMaker({ served }: ServedWatch, rendering: WatchRendering): (event: StoreEvent) => string | Uint8Array {
  if (rendering.form.as === 'table') return tableLines(served, rendering);
  if (isProtobufForm(rendering.form)) return protobufFrames(served);
  const isPartial = rendering.form.as !== 'object';
  return (event) => {
    if (event.type === 'bookmark') return `{"type":"BOOKMARK","object":${JSON.stringify(bookmarkObject(served, event, isPartial))}}\n`;
    const object = presented(served, event.object);
    return `{"type":"${event.type.toUpperCase()}","object":${isPartial ? JSON.stringify(partialMetadata(object)) : textOf(object)}}\n`;
  };
}

function protobufFrames(served: ServedWatch['served']): (event: StoreEvent) => Uint8Array {
  return (event) => {
    const object = event.type === 'bookmark' ? bookmarkObject(served, event, false) : presented(served, event.object);
    return encodeWatchFrame(event.type.toUpperCase(), object);
  };
}

/** Many watchers hear of one object: its text is made once. */
const texts = new WeakMap<KubeObject, string>();

function textOf(object: KubeObject): string {
  let text = texts.get(object);
  if (text === undefined) {
    text = JSON.stringify(object);
    if (Object.isFrozen(object)) texts.set(object, text);
  }
  return text;
}

type Bookmark = Extract<StoreEvent, { type: 'bookmark' }>;

function bookmarkObject(served: ServedWatch['served'], { revision, endsInitialEvents }: Bookmark, isPartial: boolean): JsonObject {
  const metadata = {
    resourceVersion: String(revision),
    creationTimestamp: null,
    ...(endsInitialEvents && { annotations: { 'k8s.io/initial-events-end': 'true' } }),
  };
  if (isPartial) return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
  return { kind: served.definition.kind, apiVersion: apiVersionOfServed(served), metadata };
}

function tableLines(served: ServedWatch['served'], { form, includeObject, now }: WatchRendering): (event: StoreEvent) => string {
  const kind = tableKindOf(served);
  let omitsColumns = false;
  return (event) => {
    const objects = event.type === 'bookmark' ? [] : [event.object];
    const resourceVersion = event.type === 'bookmark' ? String(event.revision) : event.object.metadata.resourceVersion;
    const request = { kind, nowMs: now(), includeObject, apiVersion: tableVersion(form), metadata: { resourceVersion }, omitsColumns };
    const table = tableOf(objects, request);
    omitsColumns = true;
    return `${JSON.stringify({ type: event.type.toUpperCase(), object: table })}\n`;
  };
}
