import type { ApiServer } from '../../kube/api-server.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import type { Resource } from '../../model/resource.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Random } from '../../runtime/random.ts';
import type { RolloutState } from '../state.ts';

export interface EventRecorderOptions {
  readonly apiServer: (cluster: string) => ApiServer | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

export interface WorkloadEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

const EVENTS: Resource = { group: '', version: 'v1', resource: 'events', kind: 'Event', namespaced: true };
const CONTROLLER = 'fleetgraph';
const TIMEOUT_MS = 5_000;
const MAX_MESSAGE = 1_024;
/** client-go's spam filter: so many at once for one object, then one in five minutes. Ours is for a cluster, and faster. */
const BURST = 50;
const REFILL_MS = 1_000;

/**
 * Writes Kubernetes events about workloads, for whoever looks with kubectl. Of the core group, with component and
 * action: what `kubectl describe` shows from every version of the server. Best effort: nothing waits for it, what
 * fails or is too much is dropped.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #allowances = new Map<string, Allowance>();

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  record(state: RolloutState, event: WorkloadEvent): void {
    const { cluster } = state.spec.target;
    const server = this.#options.apiServer(cluster);
    if (server === undefined || !this.#allowance(cluster).take(this.#options.clock.monotonic())) return;
    const name = `${state.spec.target.name}.${this.#options.random.suffix(16)}`;
    server.create(EVENTS, eventObject(state, event, { name, now: this.#options.clock.now() }), { timeoutMs: TIMEOUT_MS }).catch(() => {
      this.#options.logger.debug('an event could not be written', { cluster, reason: event.reason });
    });
  }

  #allowance(cluster: string): Allowance {
    const known = this.#allowances.get(cluster);
    if (known !== undefined) return known;
    const created = new Allowance(this.#options.clock.monotonic());
    this.#allowances.set(cluster, created);
    return created;
  }
}

/** A token bucket. Moments are monotonic milliseconds. */
class Allowance {
  #tokens = BURST;
  #at: number;

  constructor(at: number) {
    this.#at = at;
  }

  take(at: number): boolean {
    this.#tokens = Math.min(BURST, this.#tokens + (at - this.#at) / REFILL_MS);
    this.#at = at;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

function eventObject(
  { spec, status }: RolloutState,
  { type, reason, message }: WorkloadEvent,
  { name, now }: { readonly name: string; readonly now: number },
): KubeObject {
  const at = new Date(Math.floor(now / 1_000) * 1_000).toISOString().replace('.000Z', 'Z');
  const { apiVersion, kind, namespace, uid } = spec.target;
  const about = ` (run ${spec.runId}, as ${status.actor.username})`;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace },
    involvedObject: { apiVersion, kind, namespace, name: spec.target.name, uid },
    type,
    reason,
    action: 'Rollout',
    message: message.slice(0, MAX_MESSAGE - about.length) + about,
    source: { component: CONTROLLER },
    reportingComponent: CONTROLLER,
    reportingInstance: CONTROLLER,
    count: 1,
    firstTimestamp: at,
    lastTimestamp: at,
  };
}
