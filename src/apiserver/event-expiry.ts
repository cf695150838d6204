import type { Clock } from '../runtime/clock.ts';
import type { ObjectStore } from './store/object-store.ts';

const EVENTS = 'events';
/** Source: kube-apiserver's --event-ttl. */
const EVENT_LIFE_MS = 3_600_000;

/**
 * Removes events an hour after they were last written. Looks when another event is written, so a quiet cluster may
 * show older ones; what matters is that a busy one does not keep them for ever.
 */
export function expireEvents(store: ObjectStore, clock: Clock): Disposable {
  /** Oldest write first. */
  const writtenAt = new Map<string, number>();
  for (const { key } of store.entries(EVENTS)) writtenAt.set(key, clock.monotonic());
  return store.onChange(({ collection, key, type }) => {
    if (collection !== EVENTS) return;
    writtenAt.delete(key);
    if (type === 'deleted') return;
    const now = clock.monotonic();
    writtenAt.set(key, now);
    for (const [oldest, at] of writtenAt) {
      if (now - at <= EVENT_LIFE_MS) break;
      writtenAt.delete(oldest);
      store.remove(EVENTS, oldest);
    }
  });
}
