import type { KubeObject } from '../../model/kube-object.ts';
import { apiVersionOf, type Resource } from '../../model/resource.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type Lane, openLane } from '../../runtime/pump.ts';
import type { ListOptions, ListPage, WatchOptions } from '../api-server.ts';
import type { FieldMask } from '../field-mask.ts';
import { type WatchEvent, type WatchStream, watchInBatches } from '../watch-event.ts';
import type { ApiCaller, Call } from './api-caller.ts';
import { CallScope } from './call-scope.ts';
import { contentOf, isSensitive, LIST_OF_METADATA, METADATA, METADATA_FIELDS } from './metadata-only.ts';
import { ObjectDecoder } from './object-decoder.ts';
import { hasName, isFields, NAMELESS_ITEM, unreadableAnswer } from './object-shape.ts';
import { PageReader, UnusualPage } from './page-reader.ts';
import { ProtobufFrames } from './protobuf/protobuf-frames.ts';
import type { ProtobufKind } from './protobuf/protobuf-kind.ts';
import { isProtobuf, PROTOBUF_OR_JSON, ProtobufNegotiation } from './protobuf/protobuf-negotiation.ts';
import { ProtobufPageReader } from './protobuf/protobuf-page-reader.ts';
import { UnreadableProtobuf } from './protobuf/unreadable-protobuf.ts';
import { collectionPath, type Query, withQuery } from './resource-path.ts';
import { JsonLines, watchBatches } from './watch-stream.ts';

/** Of a page that is read as it comes, an object at a time. */
const MAX_LIST_BYTES = 256 << 20;

/** What a server may need to end a watch that it was told to end. */
const WATCH_GRACE_MS = 15_000;

export interface CollectionReaderOptions {
  readonly clock: Clock;
  /** Turns to read what comes, shared with all clusters; default: always. */
  readonly lane?: Lane;
  /** Told when the protobuf of a kind could not be read: it is asked for in JSON from then on. */
  readonly onUnreadableProtobuf?: (resource: Resource) => void;
  /** Secrets are read with their contents. Never for what informers read: by default only their metadata is asked for. */
  readonly readsSecrets?: boolean;
}

/** Lists and watches: in protobuf where it pays, else in JSON, and of each object only what the mask names. */
export class CollectionReader {
  readonly #caller: ApiCaller;
  readonly #options: CollectionReaderOptions;
  readonly #protobuf = new ProtobufNegotiation();
  #unusual = 0;

  constructor(caller: ApiCaller, options: CollectionReaderOptions) {
    this.#caller = caller;
    this.#options = options;
  }

  /**
   * How often something was left to `JSON.parse` although a mask said what was wanted of it: objects, pages, and kinds
   * whose protobuf could not be read.
   */
  get unusual(): number {
    return this.#unusual;
  }

  async list(resource: Resource, options: ListOptions = {}): Promise<ListPage> {
    const path = withQuery(collectionPath(resource, options.namespace), {
      ...selectorQuery(options),
      limit: options.limit,
      continue: options.continue,
      resourceVersion: options.resourceVersion,
      resourceVersionMatch: options.resourceVersionMatch,
    });
    const call: Call = {
      method: 'GET',
      path,
      ...this.content(resource, LIST_OF_METADATA, options.metadataOnly),
    };
    const protobuf = options.metadataOnly === true ? undefined : this.#protobuf.kindOf(resource, options.fields);
    if (protobuf !== undefined) {
      try {
        return await this.#page({ ...call, accept: PROTOBUF_OR_JSON }, resource, options, protobuf);
      } catch (error) {
        // What is unusual of the JSON that it answered is asked for once more, too: in JSON alone.
        if (error instanceof UnreadableProtobuf) this.#giveUpProtobuf(resource);
        else if (!(error instanceof UnusualPage)) throw error;
      }
    }
    try {
      return await this.#page(call, resource, options);
    } catch (error) {
      if (!(error instanceof UnusualPage)) throw error;
      this.#unusual += 1;
      // In one piece, which holds the program up: with the cap of every other answer, not with that of pages.
      return pageOf(await this.#caller.json(call, options), resource);
    }
  }

  watch(resource: Resource, options: WatchOptions): WatchStream {
    return watchInBatches(this.#batches(resource, options), options.signal);
  }

  async *#batches(resource: Resource, options: WatchOptions): AsyncGenerator<readonly WatchEvent[], void, undefined> {
    using scope = new CallScope(this.#options.clock, options.signal);
    try {
      const protobuf = this.#protobuf.kindOf(resource, options.fields);
      const accept = protobuf === undefined ? this.content(resource, METADATA) : { accept: PROTOBUF_OR_JSON };
      const answer = await this.#caller.open({ method: 'GET', path: watchPath(resource, options), ...accept }, options, scope);
      using _deadline = watchDeadline(scope, options.timeoutSeconds);
      const form =
        protobuf !== undefined && isProtobuf(answer.headers)
          ? new ProtobufFrames(protobuf)
          : new JsonLines(this.#decoder(resource, options.fields));
      const reading = { form, lane: this.#options.lane ?? openLane, clock: this.#options.clock };
      for await (const events of watchBatches(answer.body, scope, reading)) {
        if (scope.isCancelled) return;
        yield events;
      }
    } catch (error) {
      if (scope.isCancelled) return;
      if (!(error instanceof UnreadableProtobuf)) throw scope.failure(error, 'read');
      // It ends as if the server had ended it: the next one, from the same version, tells the same event in JSON.
      this.#giveUpProtobuf(resource);
    }
  }

  #giveUpProtobuf(resource: Resource): void {
    this.#unusual += 1;
    this.#protobuf.giveUp(resource);
    this.#options.onUnreadableProtobuf?.(resource);
  }

  async #page(call: Call, resource: Resource, options: ListOptions, protobuf?: ProtobufKind): Promise<ListPage> {
    const reader = await this.#caller.pieces(call, options, (headers) =>
      protobuf !== undefined && isProtobuf(headers)
        ? new ProtobufPageReader(protobuf, MAX_LIST_BYTES)
        : new PageReader(this.#decoder(resource, options.fields), MAX_LIST_BYTES),
    );
    // What came last is read only now.
    const hasItems = reader.finish();
    return pageOf({ ...reader.members, ...(hasItems && { items: reader.items }) }, resource);
  }

  #decoder(resource: Resource, fields: FieldMask | undefined): ObjectDecoder {
    return new ObjectDecoder(this.#isWithheld(resource) ? METADATA_FIELDS : fields, () => {
      this.#unusual += 1;
    });
  }

  #isWithheld(resource: Resource): boolean {
    return isSensitive(resource) && this.#options.readsSecrets !== true;
  }

  /** How to ask for objects of this kind, lists or not. */
  content(resource: Resource, form: string, metadataOnly?: boolean): Pick<Call, 'accept'> {
    return contentOf(form, { isWithheld: this.#isWithheld(resource), metadataOnly });
  }
}

function selectorQuery(options: { labelSelector?: string; fieldSelector?: string }): Query {
  return { labelSelector: options.labelSelector, fieldSelector: options.fieldSelector };
}

function watchPath(resource: Resource, options: WatchOptions): string {
  return withQuery(collectionPath(resource, options.namespace), {
    watch: true,
    allowWatchBookmarks: options.allowWatchBookmarks ?? true,
    resourceVersion: options.resourceVersion,
    timeoutSeconds: options.timeoutSeconds,
    ...(options.sendInitialEvents === true && { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' }),
    ...selectorQuery(options),
  });
}

/** A connection that died in silence would keep the watch for ever where nothing pings it. */
function watchDeadline(scope: CallScope, timeoutSeconds: number | undefined): Disposable | undefined {
  return timeoutSeconds === undefined
    ? undefined
    : scope.deadline(timeoutSeconds * 1000 + WATCH_GRACE_MS, 'the server did not end the watch');
}

function pageOf(answer: unknown, resource: Resource): ListPage {
  if (!isFields(answer) || !isFields(answer['metadata'])) throw unreadableAnswer('the answer is not a list');
  // An empty list of metadata alone is null: Go's nil.
  const items = answer['items'] ?? (Object.hasOwn(answer, 'items') ? [] : undefined);
  if (!Array.isArray(items)) throw unreadableAnswer('the answer is not a list');
  const { resourceVersion, continue: next, remainingItemCount } = answer['metadata'];
  const apiVersion = typeof answer['apiVersion'] === 'string' ? answer['apiVersion'] : apiVersionOf(resource);
  return {
    items: items.map((item) => completed(item, apiVersion, resource.kind)),
    resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '',
    ...(typeof next === 'string' && next !== '' ? { continue: next } : {}),
    ...(isCount(remainingItemCount) ? { remainingItemCount } : {}),
  };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Items of built-in kinds come without kind and version. Writes into the item, which is nobody else's yet. */
function completed(item: unknown, apiVersion: string, kind: string): KubeObject {
  if (!hasName(item)) throw unreadableAnswer(NAMELESS_ITEM);
  item['apiVersion'] ??= apiVersion;
  item['kind'] ??= kind;
  return item as unknown as KubeObject;
}
