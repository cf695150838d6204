import { INTERRUPTED, interruptible, untilAborted } from '../informer/interruptible.ts';
import { isApiError } from '../kube/api-error.ts';
import type { ApiServer } from '../kube/api-server.ts';
import type { Resource } from '../model/resource.ts';
import type { ResourceVersion } from '../model/resource-version.ts';
import { type Backoff, backoffMs } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';

export interface DefinitionWatchOptions {
  readonly apiServer: ApiServer;
  readonly clock: Clock;
  readonly random: Random;
  /** Kinds were added, changed or removed, or may have been. */
  readonly onChange: () => void;
}

export const DEFINITIONS: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  resource: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};

const WATCH_SECONDS = 540;
/** A watch that stood this long was a good one. */
const GOOD_WATCH_MS = 5_000;
const BACKOFF: Backoff = { firstMs: 2_000, factor: 2, capMs: 300_000 };

/**
 * Hears of changes of the definitions of custom kinds, without keeping or even listing them: one object is asked for
 * to learn where to watch from. Best effort: discovery is repeated anyway.
 */
export class DefinitionWatch {
  readonly #options: DefinitionWatchOptions;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #position: ResourceVersion | undefined;
  #failures = 0;

  constructor(options: DefinitionWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  stop(): Promise<void> {
    this.#stop.abort();
    return this.#running ?? Promise.resolve();
  }

  async #run(): Promise<void> {
    const { clock, random } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      if (await this.#watchOnce(signal)) this.#failures = 0;
      else this.#failures += 1;
      if (this.#failures > 0) await clock.sleep(Math.ceil(backoffMs(BACKOFF, this.#failures - 1, random.next())), signal);
    }
  }

  /** Returns whether it went well. */
  async #watchOnce(signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options;
    const startedAt = clock.monotonic();
    try {
      this.#position ??= await this.#findPosition(signal);
      if (this.#position === undefined) return true;
      await this.#follow(this.#position, signal);
      return clock.monotonic() - startedAt >= GOOD_WATCH_MS;
    } catch (error) {
      // What happened until the next position is unknown.
      if (!isApiError(error, 'unreachable', 'throttled')) this.#position = undefined;
      return false;
    }
  }

  async #findPosition(signal: AbortSignal): Promise<ResourceVersion | undefined> {
    const isFirst = this.#failures === 0;
    const page = await interruptible(this.#options.apiServer.list(DEFINITIONS, { limit: 1, signal }), signal);
    if (page === INTERRUPTED) return undefined;
    if (!isFirst) this.#options.onChange();
    return page.resourceVersion;
  }

  async #follow(resourceVersion: ResourceVersion, signal: AbortSignal): Promise<void> {
    const watch = this.#options.apiServer.watch(DEFINITIONS, { resourceVersion, timeoutSeconds: WATCH_SECONDS, signal });
    for await (const event of untilAborted(watch, signal)) {
      this.#position = event.type === 'bookmark' ? event.resourceVersion : (event.object.metadata.resourceVersion ?? this.#position);
      if (event.type !== 'bookmark') this.#options.onChange();
    }
  }
}
