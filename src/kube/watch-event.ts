import type { KubeObject } from '../model/kube-object.ts';
import type { ResourceVersion } from '../model/resource-version.ts';

/**
 * One line of a watch. A server's ERROR line is not an event: the stream throws it as an `ApiError`.
 * `deleted` carries the object's last state. `bookmark` moves the position and carries no object.
 */
export type WatchEvent =
  | { readonly type: 'added' | 'modified' | 'deleted'; readonly object: KubeObject }
  | {
      readonly type: 'bookmark';
      readonly resourceVersion: ResourceVersion;
      /** All that there was when the watch began has been told; see `WatchOptions.sendInitialEvents`. */
      readonly endsInitialEvents?: true;
    };

/**
 * The events of a watch, one by one. Whoever takes very many asks for them as they arrived: `batches` is the same watch,
 * of which either the one or the other is read. No batch is empty; an error comes after all events before it.
 */
export interface WatchStream extends AsyncIterable<WatchEvent> {
  readonly batches?: AsyncIterable<readonly WatchEvent[]>;
}

/** A watch of these batches; read one by one it ends within an event when `signal` fires. */
export function watchInBatches(batches: AsyncIterable<readonly WatchEvent[]>, signal: AbortSignal | undefined): WatchStream {
  return { batches, [Symbol.asyncIterator]: () => singly(batches, signal) };
}

async function* singly(
  batches: AsyncIterable<readonly WatchEvent[]>,
  signal: AbortSignal | undefined,
): AsyncGenerator<WatchEvent, void, undefined> {
  for await (const batch of batches) {
    for (const event of batch) {
      if (signal?.aborted) return;
      yield event;
    }
  }
}

/** The batches of a watch, of one event each where it knows no others. */
export function batchesOf(watch: WatchStream): AsyncIterable<readonly WatchEvent[]> {
  return watch.batches ?? batchesOfOne(watch);
}

async function* batchesOfOne(watch: WatchStream): AsyncGenerator<readonly WatchEvent[], void, undefined> {
  for await (const event of watch) yield [event];
}
