import { isApiError } from '../../kube/api-error.ts';
import type { ApiServer } from '../../kube/api-server.ts';
import type { WatchEvent } from '../../kube/watch-event.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Collection } from './collection.ts';

export interface InformerOptions {
  readonly client: ApiServer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Keeps a collection true until `signal` fires: list, watch, and list again when the place is lost. Resolves after the first list. */
export async function inform(collection: Collection, options: InformerOptions): Promise<void> {
  const first = await listInto(collection, options);
  void follow(collection, first, options);
}

async function follow(collection: Collection, from: string, options: InformerOptions): Promise<void> {
  let version: string | undefined = from;
  while (!options.signal.aborted) {
    try {
      version ??= await listInto(collection, options);
      version = await watchInto(collection, version, options);
    } catch (error) {
      if (options.signal.aborted) return;
      version = isApiError(error, 'gone', 'not-found') ? undefined : version;
      await options.clock.sleep(afterFailure(collection, error, options), options.signal);
    }
  }
}

/** How long to wait. A kind that is served no more has no objects; it may come back. */
function afterFailure(collection: Collection, error: unknown, { logger }: InformerOptions): number {
  if (isApiError(error, 'gone')) return 0;
  if (isApiError(error, 'not-found')) {
    collection.replaceAll([]);
    return UNSERVED_MS;
  }
  logger.warn('a simulated controller lost its watch', { resource: collection.resource.resource, error: String(error) });
  return RETRY_MS;
}

async function listInto(collection: Collection, { client, signal }: InformerOptions): Promise<string> {
  const page = await client.list(collection.resource, { signal });
  collection.replaceAll(page.items);
  return page.resourceVersion;
}

/** Returns where the stream ended. */
async function watchInto(collection: Collection, from: string, { client, signal }: InformerOptions): Promise<string> {
  let version = from;
  for await (const event of client.watch(collection.resource, { resourceVersion: from, signal })) {
    version = enter(collection, event);
  }
  return version;
}

function enter(collection: Collection, event: WatchEvent): string {
  if (event.type === 'bookmark') return event.resourceVersion;
  if (event.type === 'deleted') collection.remove(event.object);
  else collection.apply(event.object);
  return event.object.metadata.resourceVersion ?? '';
}

const RETRY_MS = 200;
const UNSERVED_MS = 5_000;
