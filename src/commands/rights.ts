import { LRUCache } from 'lru-cache';
import { withinDeadline } from '../auth/deadline.ts';
import { lengthPrefixed, userFields } from '../auth/length-prefixed.ts';
import type { Principal } from '../auth/principal.ts';
import type { AccessAttributes, ApiServer } from '../kube/api-server.ts';
import type { SyncState } from '../model/cluster.ts';
import type { Clock } from '../runtime/clock.ts';
import type { GraphStore } from '../store/graph-store.ts';
import { forbidden, unreachable } from './command-error.ts';
import type { CommandError } from './commands.ts';
import type { OperationTarget } from './operation.ts';

export interface RightsDeps {
  readonly apiServer: (cluster: string) => ApiServer | undefined;
  readonly clock: Clock;
}

/** UNKNOWN: the cluster could not be asked. `before`: it allowed it when it last could. */
export type Right = 'ALLOWED' | 'DENIED' | { readonly unknown: true; readonly before: boolean };

interface Known {
  readonly allowed: boolean;
  /** Monotonic milliseconds. */
  readonly at: number;
}

const FRESH_MS = 10_000;
/** How long an allow is remembered for when the cluster cannot be asked. */
const REMEMBERED_MS = 24 * 3_600_000;
const DEADLINE_MS = 2_000;
/** A cluster that did not answer is not asked by those who only look, for so long. */
const PAUSE_MS = 2_000;
const MAX_KNOWN = 50_000;

/** Whether a person may patch an object, asked of the cluster that has it, and remembered for seconds. */
export class Rights {
  readonly #deps: RightsDeps;
  readonly #known: LRUCache<string, Known>;
  readonly #silentUntil = new Map<string, number>();

  constructor(deps: RightsDeps) {
    this.#deps = deps;
    this.#known = new LRUCache({ max: MAX_KNOWN, ttl: REMEMBERED_MS, perf: { now: () => deps.clock.monotonic() + 1 } });
  }

  /** At once where it is known. */
  known(principal: Principal, target: OperationTarget): Right | undefined {
    const known = this.#known.get(keyOf(principal, target));
    if (known !== undefined && this.#now() < known.at + FRESH_MS) return rightOf(known.allowed);
    if (this.#now() < (this.#silentUntil.get(target.cluster) ?? 0)) return this.remembered(principal, target);
    return undefined;
  }

  /** What counts while the cluster cannot be asked. */
  remembered(principal: Principal, target: OperationTarget): Right {
    return { unknown: true, before: this.#known.get(keyOf(principal, target))?.allowed === true };
  }

  /** Never waits for longer than two seconds; never rejects. */
  async ask(principal: Principal, target: OperationTarget): Promise<Right> {
    const key = keyOf(principal, target);
    const at = this.#now();
    const allowed = await withinDeadline(this.#deps.clock, DEADLINE_MS, (signal) => this.#review(principal, target, signal));
    if (allowed === undefined) {
      this.#silentUntil.set(target.cluster, this.#now() + PAUSE_MS);
      return this.remembered(principal, target);
    }
    this.#silentUntil.delete(target.cluster);
    this.#known.set(key, { allowed, at });
    return rightOf(allowed);
  }

  async #review({ mode, user }: Principal, target: OperationTarget, signal: AbortSignal): Promise<boolean | undefined> {
    const server = this.#deps.apiServer(target.cluster);
    if (server === undefined) return undefined;
    const options = { signal, timeoutMs: DEADLINE_MS };
    const question = patchOf(target);
    const review = mode === 'LOCAL' ? server.reviewOwnAccess(question, options) : server.reviewAccess(user, question, options);
    return (await review).allowed;
  }

  #now(): number {
    return this.#deps.clock.monotonic();
  }
}

function patchOf({ resource, namespace, name }: OperationTarget): AccessAttributes {
  const dot = resource.indexOf('.');
  const [plural, group] = dot < 0 ? [resource, ''] : [resource.slice(0, dot), resource.slice(dot + 1)];
  return { verb: 'patch', group, resource: plural, name, ...(namespace !== '' && { namespace }) };
}

function keyOf({ mode, user }: Principal, { cluster, resource, namespace, name }: OperationTarget): string {
  return lengthPrefixed([mode, ...userFields(user), cluster, resource, namespace, name]);
}

function rightOf(allowed: boolean): Right {
  return allowed ? 'ALLOWED' : 'DENIED';
}

/** The refusal of a right that is not there, or not known to be. */
export function refusalOfRight(
  right: Right,
  principal: Principal,
  target: OperationTarget,
  path: readonly string[],
): CommandError | undefined {
  if (right === 'ALLOWED') return undefined;
  if (right === 'DENIED')
    return forbidden(path, `${principal.user.username} may not patch ${target.resource} ${target.name} in ${where(target)}`);
  return unreachable(path, target.cluster, `cluster ${target.cluster} cannot be asked whether ${principal.user.username} may do this`);
}

function where({ cluster, namespace }: OperationTarget): string {
  return namespace === '' ? `cluster ${cluster}` : `namespace ${namespace} of cluster ${cluster}`;
}

const DOWN: ReadonlySet<SyncState> = new Set<SyncState>(['UNREACHABLE', 'UNAUTHORIZED', 'DISABLED', 'REMOVED']);

/** It is known not to answer us. */
export function isDown(store: GraphStore, cluster: string): boolean {
  return DOWN.has(store.cluster(cluster)?.record.sync.state ?? 'REMOVED');
}
