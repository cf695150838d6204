import { isApiError } from '../../kube/api-error.ts';
import type { ApiServer } from '../../kube/api-server.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Random } from '../../runtime/random.ts';
import { EVENTS } from '../objects/kinds.ts';
import { timestamp } from '../objects/timestamps.ts';
import type { EventDraft } from './action.ts';

interface Recorded {
  readonly namespace: string;
  readonly name: string;
  count: number;
  lastAt: number;
}

/**
 * Writes Events. What is said again about the same object within ten minutes raises the count of the event
 * that is there, as kubelets do. Events go after an hour, as on a real server.
 */
export class EventRecorder {
  readonly #client: ApiServer;
  readonly #clock: Clock;
  readonly #random: Random;
  /** The latest event for each thing said. */
  readonly #recorded = new Map<string, Recorded>();
  /** All that have not gone yet. */
  readonly #alive = new Set<Recorded>();

  constructor({ client, clock, random }: { client: ApiServer; clock: Clock; random: Random }) {
    this.#client = client;
    this.#clock = clock;
    this.#random = random;
  }

  async record(draft: EventDraft): Promise<void> {
    const key = identityOf(draft);
    const present = this.#recorded.get(key);
    const isRecent = present !== undefined && this.#clock.now() - present.lastAt < SAME_EVENT_MS;
    if (isRecent && (await this.#countAgain(present))) return;
    // In a namespace that is going, events are refused: nobody will miss them.
    const created = await this.#create(draft).catch(ignoring('forbidden', 'not-found', 'conflict'));
    if (created === undefined) return;
    const event = { namespace: namespaceOf(draft.regarding), name: created.metadata.name, count: 1, lastAt: this.#clock.now() };
    this.#recorded.set(key, event);
    this.#alive.add(event);
  }

  /** Deletes what was last said more than an hour ago. */
  async sweep(): Promise<void> {
    const expiredBefore = this.#clock.now() - EVENT_LIFE_MS;
    for (const [key, { lastAt }] of this.#recorded) if (lastAt <= expiredBefore) this.#recorded.delete(key);
    for (const event of this.#alive) {
      if (event.lastAt > expiredBefore) continue;
      this.#alive.delete(event);
      await this.#client.delete(EVENTS, event).catch(ignoring('not-found', 'conflict'));
    }
  }

  /** Takes over the events that an earlier run left behind, so that they go in their time too. */
  async adopt(): Promise<void> {
    const { items } = await this.#client.list(EVENTS);
    for (const { metadata, ...event } of items) {
      const lastAt = Date.parse(String(event['lastTimestamp'] ?? metadata.creationTimestamp));
      this.#alive.add({ namespace: metadata.namespace ?? 'default', name: metadata.name, count: 1, lastAt });
    }
  }

  /** Deletes every event of a namespace, whoever wrote it. */
  async forget(namespace: string): Promise<void> {
    for (const [key, event] of this.#recorded) if (event.namespace === namespace) this.#recorded.delete(key);
    for (const event of this.#alive) if (event.namespace === namespace) this.#alive.delete(event);
    const { items } = await this.#client.list(EVENTS, { namespace });
    for (const { metadata } of items)
      await this.#client.delete(EVENTS, { namespace, name: metadata.name }).catch(ignoring('not-found', 'conflict'));
  }

  async #countAgain(event: Recorded): Promise<boolean> {
    const now = this.#clock.now();
    const patch = { type: 'merge', body: { count: event.count + 1, lastTimestamp: timestamp(now) } } as const;
    const patched = await this.#client.patch(EVENTS, event, patch).catch(ignoring('not-found', 'conflict', 'forbidden'));
    if (patched === undefined) return false;
    event.count += 1;
    event.lastAt = now;
    return true;
  }

  #create(draft: EventDraft): Promise<KubeObject> {
    const name = `${draft.regarding.metadata.name}.${this.#random.suffix(16)}`;
    return this.#client.create(EVENTS, eventObject(draft, name, this.#clock.now()));
  }
}

/** An Event of the core group as a kubelet or controller writes it. */
function eventObject(draft: EventDraft, name: string, now: number): KubeObject {
  const at = timestamp(now);
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace: namespaceOf(draft.regarding) },
    involvedObject: reference(draft),
    type: draft.type,
    reason: draft.reason,
    message: draft.message,
    source: { component: draft.component, ...(draft.host === undefined ? {} : { host: draft.host }) },
    count: 1,
    firstTimestamp: at,
    lastTimestamp: at,
    eventTime: null,
    reportingComponent: draft.component,
    reportingInstance: draft.host ?? '',
  };
}

function reference({ regarding, fieldPath }: EventDraft): Record<string, unknown> {
  const { name, namespace, uid, resourceVersion } = regarding.metadata;
  return {
    apiVersion: regarding.apiVersion,
    kind: regarding.kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid,
    resourceVersion,
    ...(fieldPath === undefined ? {} : { fieldPath }),
  };
}

function identityOf({ regarding, type, reason, message, component, fieldPath = '' }: EventDraft): string {
  return [regarding.metadata.uid, type, reason, message, component, fieldPath].join('\u0000');
}

function namespaceOf(object: KubeObject): string {
  return object.metadata.namespace ?? 'default';
}

function ignoring(...codes: Parameters<typeof isApiError>[1][]): (error: unknown) => undefined {
  return (error) => {
    if (isApiError(error, ...codes)) return undefined;
    throw error;
  };
}

const SAME_EVENT_MS = 600_000;
const EVENT_LIFE_MS = 3_600_000;
