import { ApiError } from '../../src/kube/api-error.ts';
import type { ApiServer, ListOptions, ListPage, RequestOptions, WatchOptions } from '../../src/kube/api-server.ts';
import type { WatchEvent } from '../../src/kube/watch-event.ts';
import type { KubeObject } from '../../src/model/kube-object.ts';
import { type GroupResource, groupResourceOf, type Resource } from '../../src/model/resource.ts';
import type { Clock } from '../../src/runtime/clock.ts';

/** One request that reached the server. */
export interface SeenRequest {
  readonly verb: 'list' | 'watch' | 'get' | 'discover' | 'version';
  readonly resource: GroupResource;
  readonly options: Partial<ListOptions & WatchOptions>;
  /** Counted for its verb and resource, from 0. */
  readonly index: number;
  readonly at: number;
}

/**
 * What a script answers to a request: an error to throw, "hang" to never answer, something to send on a watch before
 * going on, or undefined to behave well.
 */
export type ScriptedAnswer = Error | 'hang' | { readonly send: readonly ScriptedLine[] } | undefined;
/** A line of a watch: an event, an error that ends it, or "end". */
export type ScriptedLine = WatchEvent | Error | 'end';

interface Change {
  readonly version: number;
  readonly event: WatchEvent;
}

interface OpenWatch {
  readonly resource: GroupResource;
  readonly queue: ScriptedLine[];
  wake: () => void;
}

/**
 * A fake of the port for faults: a small model of one server (one counter for every write, deletes included; history
 * that can be compacted; pages of one snapshot) and a script that may answer instead. For honest behaviour use the
 * API-server core.
 */
export class ScriptedApiServer implements ApiServer {
  readonly requests: SeenRequest[] = [];
  /** Answers first; undefined lets the model answer. */
  script: (request: SeenRequest) => ScriptedAnswer = () => undefined;
  served: Resource[];
  gitVersion = 'v1.32.4';
  /** How long every answer takes. */
  latencyMs = 0;
  systemUid: string | undefined = 'system-uid';
  /** How far what a list or a watch of this server shows lies behind; a "replica" that lags. */
  lag = 0;
  /** Answers lists from its lagging state even when something newer was asked for. */
  ignoresNotOlderThan = false;
  /** How it meets a list by stream: well; not at all; without its last bookmark, or one that does not say so; cut before it. */
  streamedLists: 'well' | 'refused' | 'unended' | 'unmarked' | 'cut' = 'refused';
  readonly #clock: Clock;
  #version: number;
  #compactedTo = 0;
  #down: ApiError | undefined;
  #objects = new Map<GroupResource, Map<string, KubeObject>>();
  #changes = new Map<GroupResource, Change[]>();
  readonly #snapshots = new Map<string, { readonly items: KubeObject[]; readonly version: string }>();
  readonly #watches = new Set<OpenWatch>();
  readonly #counts = new Map<string, number>();
  #tokens = 0;

  constructor(clock: Clock, served: Resource[], version = 100) {
    this.#clock = clock;
    this.served = served;
    this.#version = version;
  }

  // ---- the world changes

  get currentVersion(): number {
    return this.#version;
  }

  /** Writes an object; its identity is what `metadata` says. */
  put(resource: Resource, object: KubeObject): KubeObject {
    const key = keyOf(object);
    const kind = this.#kind(resource);
    const before = kind.get(key);
    this.#version += 1;
    const stored = structuredClone({ ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } });
    kind.set(key, stored);
    this.#record(resource, { type: before === undefined ? 'added' : 'modified', object: stored });
    return structuredClone(stored);
  }

  remove(resource: Resource, name: string, namespace?: string): void {
    const kind = this.#kind(resource);
    const key = namespace === undefined ? name : `${namespace}/${name}`;
    const before = kind.get(key);
    if (before === undefined) throw new Error(`no ${key}`);
    kind.delete(key);
    this.#version += 1;
    this.#record(resource, {
      type: 'deleted',
      object: { ...before, metadata: { ...before.metadata, resourceVersion: String(this.#version) } },
    });
  }

  objects(resource: Resource): KubeObject[] {
    return [...this.#kind(resource).values()];
  }

  /** Forgets all history up to now, and with it every continue token. */
  compact(): void {
    this.#compactedTo = this.#version;
    this.#snapshots.clear();
  }

  /** A copy of the state, for `restore`. */
  backup(): { readonly version: number; readonly objects: Map<GroupResource, Map<string, KubeObject>> } {
    return { version: this.#version, objects: structuredClone(this.#objects) };
  }

  /** The history goes back, as when etcd is restored from a backup; watches are cut. */
  restore(backup: ReturnType<ScriptedApiServer['backup']>): void {
    this.#version = backup.version;
    this.#objects = structuredClone(backup.objects);
    this.#changes = new Map();
    this.#compactedTo = 0;
    this.cut();
  }

  /** Refuses every request and cuts every watch, until `up`. */
  down(reason = 'ConnectionRefused'): void {
    this.#down = new ApiError('unreachable', 'connection refused', { reason });
    this.cut();
  }

  up(): void {
    this.#down = undefined;
  }

  /** Ends every open watch, normally or with an error. */
  cut(line: ScriptedLine = 'end'): void {
    for (const watch of [...this.#watches]) this.#send(watch, line);
  }

  /** Sends a line on every open watch of a resource, out of any order. */
  say(resource: Resource, ...lines: readonly ScriptedLine[]): void {
    for (const watch of [...this.#watches])
      if (watch.resource === groupResourceOf(resource)) for (const line of lines) this.#send(watch, line);
  }

  bookmark(resource: Resource): void {
    this.say(resource, { type: 'bookmark', resourceVersion: String(this.#version) });
  }

  get openWatches(): number {
    return this.#watches.size;
  }

  /** Requests of a verb, of one resource if named. Probes are lists of one object. */
  seen(verb: SeenRequest['verb'], resource?: Resource): SeenRequest[] {
    return this.requests.filter(
      (request) => request.verb === verb && (resource === undefined || request.resource === groupResourceOf(resource)),
    );
  }

  /** Beginnings of full lists: neither later pages nor probes nor comparisons. */
  fullLists(resource?: Resource): SeenRequest[] {
    return this.seen('list', resource).filter(
      ({ options }) => options.continue === undefined && options.limit !== 1 && options.metadataOnly !== true,
    );
  }

  // ---- the port

  async list(resource: Resource, options: ListOptions = {}): Promise<ListPage> {
    await this.#arrive('list', resource, options);
    const page = options.continue === undefined ? this.#firstPage(resource, options) : this.#nextPage(options);
    return structuredClone(page);
  }

  async *watch(resource: Resource, options: WatchOptions): AsyncIterable<WatchEvent> {
    const answer = await this.#arrive('watch', resource, options);
    const initial = options.sendInitialEvents === true ? this.#initialEvents(resource, options) : undefined;
    const from = initial === undefined ? Number(options.resourceVersion) : this.#version;
    if (from < this.#compactedTo) throw new ApiError('gone', 'too old resource version', { status: 410, reason: 'Expired' });
    const missed = (this.#changes.get(groupResourceOf(resource)) ?? [])
      .filter((change) => change.version > from)
      .map((change) => change.event);
    const scripted = typeof answer === 'object' && 'send' in answer ? answer.send : [];
    const watch: OpenWatch = { resource: groupResourceOf(resource), queue: [...(initial ?? []), ...missed, ...scripted], wake: () => {} };
    this.#watches.add(watch);
    using _timeout = this.#clock.after((options.timeoutSeconds ?? 1_800) * 1_000, () => this.#send(watch, 'end'));
    const onAbort = () => this.#send(watch, 'end');
    options.signal?.addEventListener('abort', onAbort, { once: true });
    try {
      while (options.signal?.aborted !== true) {
        const line = watch.queue.shift();
        if (line === 'end') return;
        if (line instanceof Error) throw line;
        if (line !== undefined) yield structuredClone(line);
        else await new Promise<void>((resolve) => (watch.wake = resolve));
      }
    } finally {
      options.signal?.removeEventListener('abort', onAbort);
      this.#watches.delete(watch);
    }
  }

  async get(resource: Resource, name: { name: string; namespace?: string }, options: RequestOptions = {}): Promise<KubeObject> {
    await this.#arrive('get', resource, options);
    if (resource.resource === 'namespaces' && name.name === 'kube-system' && this.systemUid !== undefined) {
      return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: this.systemUid } };
    }
    const found = this.#kind(resource).get(name.namespace === undefined ? name.name : `${name.namespace}/${name.name}`);
    if (found === undefined) throw new ApiError('not-found', `${name.name} not found`, { status: 404, reason: 'NotFound' });
    return structuredClone(found);
  }

  async discover(options: RequestOptions = {}): Promise<Resource[]> {
    await this.#arrive('discover', undefined, options);
    return structuredClone(this.served);
  }

  async version(options: RequestOptions = {}): Promise<{ gitVersion: string }> {
    await this.#arrive('version', undefined, options);
    return { gitVersion: this.gitVersion };
  }

  create = unsupported;
  update = unsupported;
  patch = unsupported;
  delete = unsupported;
  evict = unsupported;
  reviewAccess = unsupported;
  reviewOwnAccess = unsupported;
  reviewToken = unsupported;

  async close(): Promise<void> {
    this.cut();
  }

  // ---- the model

  async #arrive(verb: SeenRequest['verb'], resource: Resource | undefined, options: RequestOptions): Promise<ScriptedAnswer> {
    options.signal?.throwIfAborted();
    const key = resource === undefined ? '' : groupResourceOf(resource);
    const counted = `${verb} ${key}`;
    const index = this.#counts.get(counted) ?? 0;
    this.#counts.set(counted, index + 1);
    const request: SeenRequest = { verb, resource: key, options, index, at: this.#clock.monotonic() };
    this.requests.push(request);
    const answer = this.script(request);
    if (this.latencyMs > 0) await this.#clock.sleep(this.latencyMs, options.signal);
    options.signal?.throwIfAborted();
    if (answer === 'hang') await hang(this.#clock, options);
    if (answer instanceof Error) throw answer;
    if (this.#down !== undefined) throw this.#down;
    if (resource !== undefined && !this.served.some((one) => groupResourceOf(one) === key && one.version === resource.version)) {
      throw new ApiError('not-found', '404 page not found', { status: 404 });
    }
    return answer;
  }

  #firstPage(resource: Resource, options: ListOptions): ListPage {
    const shown = this.#version - this.lag;
    const wanted = Number(options.resourceVersion ?? '0');
    if (wanted > shown && !this.ignoresNotOlderThan) {
      throw new ApiError('server-error', `Too large resource version: ${wanted}, current: ${shown}`, {
        status: 504,
        reason: 'Timeout',
        retryAfterMs: 1_000,
      });
    }
    const items = this.lag === 0 ? this.objects(resource) : this.#asOf(resource, shown);
    return this.#page({ items, version: String(shown) }, 0, options.limit);
  }

  #initialEvents(resource: Resource, options: WatchOptions): ScriptedLine[] {
    if (this.streamedLists === 'refused')
      throw new ApiError('invalid', 'sendInitialEvents is forbidden', { status: 422, reason: 'Invalid' });
    const { items, resourceVersion } = this.#firstPage(resource, {
      ...(options.resourceVersion !== '' && { resourceVersion: options.resourceVersion }),
    });
    // In no order of versions.
    const [first, ...others] = items.reverse().map((object): ScriptedLine => ({ type: 'added', object }));
    // A bookmark that only says how far the server is.
    const events: ScriptedLine[] = [...(first === undefined ? [] : [first]), { type: 'bookmark', resourceVersion }, ...others];
    if (this.streamedLists === 'cut') return [...events, 'end'];
    if (this.streamedLists === 'unended') return events;
    const isMarked = this.streamedLists === 'well';
    return [...events, { type: 'bookmark', resourceVersion, ...(isMarked && { endsInitialEvents: true as const }) }];
  }

  #nextPage(options: ListOptions): ListPage {
    const [token = '', offset = '0'] = (options.continue ?? '').split(':');
    const snapshot = this.#snapshots.get(token);
    if (snapshot === undefined)
      throw new ApiError('gone', 'The provided continue parameter is too old', { status: 410, reason: 'Expired' });
    return this.#page(snapshot, Number(offset), options.limit, token);
  }

  #page(snapshot: { items: KubeObject[]; version: string }, offset: number, limit: number | undefined, known?: string): ListPage {
    const end = limit === undefined ? snapshot.items.length : offset + limit;
    const remaining = snapshot.items.length - end;
    const page = { items: snapshot.items.slice(offset, end), resourceVersion: snapshot.version };
    if (remaining <= 0) return page;
    const token = known ?? `token-${this.#tokens++}`;
    this.#snapshots.set(token, { ...snapshot, items: [...snapshot.items] });
    return { ...page, continue: `${token}:${end}`, remainingItemCount: remaining };
  }

  /** The objects as they were at `version`, by undoing what came after. */
  #asOf(resource: Resource, version: number): KubeObject[] {
    const then = new Map<string, KubeObject>();
    for (const change of this.#changes.get(groupResourceOf(resource)) ?? []) {
      if (change.version > version || change.event.type === 'bookmark') continue;
      if (change.event.type === 'deleted') then.delete(keyOf(change.event.object));
      else then.set(keyOf(change.event.object), change.event.object);
    }
    return [...then.values()];
  }

  #kind(resource: Resource): Map<string, KubeObject> {
    const key = groupResourceOf(resource);
    const kind = this.#objects.get(key) ?? new Map<string, KubeObject>();
    this.#objects.set(key, kind);
    return kind;
  }

  #record(resource: Resource, event: WatchEvent): void {
    const key = groupResourceOf(resource);
    const changes = this.#changes.get(key) ?? [];
    this.#changes.set(key, changes);
    changes.push({ version: this.#version, event });
    for (const watch of this.#watches) if (watch.resource === key) this.#send(watch, event);
  }

  #send(watch: OpenWatch, line: ScriptedLine): void {
    watch.queue.push(line);
    watch.wake();
  }
}

function keyOf({ metadata }: KubeObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

async function hang(clock: Clock, options: RequestOptions): Promise<void> {
  await clock.sleep(options.timeoutMs ?? 30_000, options.signal);
  options.signal?.throwIfAborted();
  throw new ApiError('unreachable', 'no answer in time', { reason: 'Timeout' });
}

function unsupported(): Promise<never> {
  return Promise.reject(new ApiError('unsupported', 'the scripted server only reads'));
}
