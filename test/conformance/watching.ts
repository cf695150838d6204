import type { ApiServer, WatchOptions } from '../../src/kube/api-server.ts';
import type { WatchEvent } from '../../src/kube/watch-event.ts';
import type { Resource } from '../../src/model/resource.ts';
import { systemClock } from '../../src/runtime/clock.ts';

const WAIT_MS = 15_000;

/** A watch that is read as it comes, and what came. */
export class Watching implements AsyncDisposable {
  readonly events: WatchEvent[] = [];
  /** How the stream ended; undefined while it goes on, and after a normal end. */
  error: unknown;
  hasEnded = false;
  readonly #controller = new AbortController();
  readonly #done: Promise<void>;

  constructor(server: ApiServer, resource: Resource, options: WatchOptions) {
    this.#done = this.#read(server.watch(resource, { ...options, signal: this.#controller.signal }));
  }

  /** "added web", "deleted web", ...; bookmarks left out. */
  get story(): string[] {
    return this.events.flatMap((event) => (event.type === 'bookmark' ? [] : [`${event.type} ${event.object.metadata.name}`]));
  }

  /** Versions in the order in which they came. */
  get versions(): string[] {
    return this.events.map((event) => (event.type === 'bookmark' ? event.resourceVersion : (event.object.metadata.resourceVersion ?? '')));
  }

  /** Waits until so many objects (not bookmarks) have come. */
  async heard(count: number): Promise<string[]> {
    await until(`${count} events, heard: ${this.story.join(', ')}`, () => this.story.length >= count || this.hasEnded);
    return this.story;
  }

  async ended(): Promise<void> {
    await until('the end of the watch', () => this.hasEnded);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#controller.abort();
    await this.#done;
  }

  async #read(events: AsyncIterable<WatchEvent>): Promise<void> {
    try {
      for await (const event of events) this.events.push(event);
    } catch (error) {
      this.error = error;
    } finally {
      this.hasEnded = true;
    }
  }
}

/** Waits for a condition that only time can bring; fails by name. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, limitMs = WAIT_MS): Promise<void> {
  const deadline = systemClock.monotonic() + limitMs;
  while (!(await condition())) {
    if (systemClock.monotonic() > deadline) throw new Error(`not within ${limitMs} ms: ${what}`);
    await systemClock.sleep(20);
  }
}
