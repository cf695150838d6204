import { type ApiError, isApiError } from '../kube/api-error.ts';
import type { ApiServer, ListPage } from '../kube/api-server.ts';
import type { WatchEvent } from '../kube/watch-event.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Resource } from '../model/resource.ts';
import type { ResourceVersion } from '../model/resource-version.ts';
import { backoffMs, REFLECTOR_BACKOFF } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Random } from '../runtime/random.ts';
import { HUB_NAMESPACE } from './resources.ts';

export interface FollowOptions {
  readonly apiServer: ApiServer;
  readonly resource: Resource;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Ends the following; nothing is told afterwards. */
  readonly signal: AbortSignal;
  readonly listener: ObjectListener;
}

/** Must not throw. */
export interface ObjectListener {
  /** All there is: at the beginning, and whenever changes may have been missed or an outage is over. */
  replaced(objects: readonly KubeObject[]): void;
  changed(object: KubeObject): void;
  removed(object: KubeObject): void;
  /** The hub does not answer; told once for each outage, which ends with `replaced`. */
  lost?(error: ApiError): void;
}

const WATCH_SECONDS = 290;
const GRACE_MS = 30_000;

/** A watch that ends sooner is met like a failure, or a server that ends every watch would be asked without pause. */
const SHORT_MS = 1_000;

/**
 * Tells `listener` what the hub holds of one kind, until `signal` fires. A server that fails is asked again with
 * back-off, and everything is told anew then.
 */
export async function follow(options: FollowOptions): Promise<void> {
  const { clock, signal } = options;
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = clock.monotonic();
    try {
      await listAndWatch(options);
    } catch (error) {
      if (signal.aborted) return;
      if (!isApiError(error)) throw error;
      if (clock.monotonic() - startedAt > SHORT_MS) failures = 0;
      if (!isApiError(error, 'gone')) noteFailure(error, failures, options);
      await clock.sleep(waitMs(error, failures++, options), signal);
    }
  }
}

/** Goes from watch to watch; throws what ends that. */
async function listAndWatch(options: FollowOptions): Promise<void> {
  const { clock, signal } = options;
  let position = await listAll(options);
  while (!signal.aborted) {
    const startedAt = clock.monotonic();
    for await (const version of watched(options, position)) position = version;
    if (clock.monotonic() - startedAt < SHORT_MS) await clock.sleep(SHORT_MS, signal);
  }
}

async function listAll({ apiServer, resource, signal, listener }: FollowOptions): Promise<ResourceVersion> {
  const { objects, resourceVersion } = await listObjects(apiServer, resource, signal);
  if (!signal.aborted) listener.replaced(objects);
  return resourceVersion;
}

export interface WholeList {
  readonly objects: readonly KubeObject[];
  readonly resourceVersion: ResourceVersion;
}

const PAGE = 500;

/** Every object of a kind of ours, at one version. */
export async function listObjects(apiServer: ApiServer, resource: Resource, signal?: AbortSignal): Promise<WholeList> {
  const objects: KubeObject[] = [];
  const about = { namespace: HUB_NAMESPACE, limit: PAGE, ...(signal && { signal }) };
  let page: ListPage = await apiServer.list(resource, about);
  const { resourceVersion } = page;
  objects.push(...page.items);
  while (page.continue) {
    page = await apiServer.list(resource, { ...about, continue: page.continue });
    objects.push(...page.items);
  }
  return { objects, resourceVersion };
}

/** Tells what a watch brings and yields the place after each event; ends when the watch ends or is overdue. */
async function* watched(options: FollowOptions, from: ResourceVersion): AsyncGenerator<ResourceVersion> {
  const { apiServer, resource, clock, signal, listener } = options;
  const deadline = new AbortController();
  using _deadline = clock.after(WATCH_SECONDS * 1_000 + GRACE_MS, () => deadline.abort());
  const either = AbortSignal.any([signal, deadline.signal]);
  const about = { namespace: HUB_NAMESPACE, resourceVersion: from, timeoutSeconds: WATCH_SECONDS, signal: either };
  for await (const event of apiServer.watch(resource, about)) {
    if (signal.aborted) return;
    tell(listener, event);
    yield event.type === 'bookmark' ? event.resourceVersion : (event.object.metadata.resourceVersion ?? from);
  }
}

function tell(listener: ObjectListener, event: WatchEvent): void {
  if (event.type === 'deleted') listener.removed(event.object);
  else if (event.type !== 'bookmark') listener.changed(event.object);
}

function noteFailure(error: ApiError, failures: number, { logger, listener, resource }: FollowOptions): void {
  if (failures === 0) listener.lost?.(error);
  logger.warn('the hub does not answer', { resource: resource.resource, code: error.code, reason: error.reason });
}

function waitMs({ retryAfterMs = 0 }: ApiError, failures: number, { random }: FollowOptions): number {
  return Math.max(retryAfterMs, backoffMs(REFLECTOR_BACKOFF, failures, random.next()));
}
