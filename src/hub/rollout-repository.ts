import { type ApiError, isApiError } from '../kube/api-error.ts';
import type { ApiServer } from '../kube/api-server.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Random } from '../runtime/random.ts';
import { follow, listObjects } from './follow.ts';
import { HubError, isHubError } from './hub-error.ts';
import { createObject, type HubWrite, replaceObject, type WriteLimits } from './replace-object.ts';
import { HUB_NAMESPACE, ROLLOUTS } from './resources.ts';
import { type NewRollout, type RolloutProgress, type RolloutRecord, rolloutObject, rolloutRecord } from './rollout-record.ts';

export interface RepositoryDeps {
  readonly apiServer: ApiServer;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Must not throw. */
export interface RolloutListener {
  /** All there are: at the beginning, and whenever changes may have been missed. */
  replaced(rollouts: readonly RolloutRecord[]): void;
  changed(rollout: RolloutRecord): void;
  removed(id: string): void;
  /** What follows may be missing for a while. */
  lost?(error: ApiError): void;
}

/**
 * The rollouts of the hub. Every write is durable when its promise resolves, carries the epoch of its leader, and
 * replaces exactly the version that it was derived from. Throws `HubError`, or `ApiError` when the hub does not answer;
 * then what was written is unknown until it is read again.
 */
export class RolloutRepository {
  readonly #deps: RepositoryDeps;

  constructor(deps: RepositoryDeps) {
    this.#deps = deps;
  }

  /** Throws `exists` when the id is taken. */
  async create(rollout: NewRollout, epoch: number, limits: WriteLimits = {}): Promise<RolloutRecord> {
    const created = await createObject(this.#write(rolloutObject(rollout, epoch, 1), limits));
    if (created === undefined) throw new HubError('exists', `there is a rollout ${rollout.id} already`);
    return rolloutRecord(created);
  }

  /** As the hub has it now. Throws `absent`. */
  async get(id: string, limits: WriteLimits = {}): Promise<RolloutRecord> {
    try {
      return rolloutRecord(await this.#deps.apiServer.get(ROLLOUTS, { name: id, namespace: HUB_NAMESPACE }, limits));
    } catch (error) {
      if (isApiError(error, 'not-found')) throw new HubError('absent', `there is no rollout ${id}`, error);
      throw error;
    }
  }

  /** Every rollout that can be read; of the others the log tells. */
  async list(signal?: AbortSignal): Promise<RolloutRecord[]> {
    const { objects } = await listObjects(this.#deps.apiServer, ROLLOUTS, signal);
    return this.#readable(objects);
  }

  /**
   * Writes `progress` over `present`. Throws `superseded` when a newer leader has written, `conflict` when anybody else
   * has: get it again, and decide again.
   */
  async update(present: RolloutRecord, progress: RolloutProgress, epoch: number, limits: WriteLimits = {}): Promise<RolloutRecord> {
    if (present.epoch > epoch) throw superseded(present, epoch);
    const { state, phase, reason, step, finishedAt } = progress;
    const { reason: _reason, step: _step, finishedAt: _finishedAt, ...fixed } = present;
    const next: NewRollout = {
      ...fixed,
      state,
      phase,
      ...(reason !== undefined && { reason }),
      ...(step !== undefined && { step }),
      ...(finishedAt !== undefined && { finishedAt }),
    };
    const object = rolloutObject(next, epoch, present.writes + 1);
    const metadata = { ...object.metadata, uid: present.uid, resourceVersion: present.version };
    try {
      return rolloutRecord(await replaceObject(this.#write({ ...object, metadata }, limits)));
    } catch (error) {
      throw isHubError(error, 'conflict') ? await this.#whyConflict(present.id, epoch, error) : error;
    }
  }

  /** Takes the rollout over for a new leader: from then on no write of an older one succeeds. Nothing else changes. */
  claim(present: RolloutRecord, epoch: number, limits: WriteLimits = {}): Promise<RolloutRecord> {
    return this.update(present, present, epoch, limits);
  }

  /** The newest epoch that any rollout carries: that of a new leader must be higher. 0 when there is none. */
  async highestEpoch(signal?: AbortSignal): Promise<number> {
    return (await this.list(signal)).reduce((highest, { epoch }) => Math.max(highest, epoch), 0);
  }

  /** Removes exactly the version that was read. Throws `conflict`; one that is gone is no error. */
  async delete({ id, uid, version }: RolloutRecord, limits: WriteLimits = {}): Promise<void> {
    try {
      await this.#deps.apiServer.delete(ROLLOUTS, { name: id, namespace: HUB_NAMESPACE }, { uid, resourceVersion: version, ...limits });
    } catch (error) {
      if (isApiError(error, 'conflict')) throw new HubError('conflict', `Rollout ${id} has been written by somebody else`, error);
      if (!isApiError(error, 'not-found')) throw error;
    }
  }

  /** Removes what ended more than `retentionMs` ago, and what is beyond the newest `keep` that have ended. Returns how many. */
  async deleteFinished({ retentionMs, keep }: { readonly retentionMs: number; readonly keep: number }): Promise<number> {
    const finished = (await this.list())
      .filter(({ finishedAt }) => finishedAt !== undefined)
      .sort((a, b) => (b.finishedAt ?? 0) - (a.finishedAt ?? 0));
    const oldest = this.#deps.clock.now() - retentionMs;
    const expired = finished.filter(({ finishedAt = 0 }, at) => at >= keep || finishedAt < oldest);
    for (const rollout of expired) await this.delete(rollout).catch(ignoreConflict);
    return expired.length;
  }

  /** Tells `listener` of every rollout and every change, until `signal` fires. */
  follow(listener: RolloutListener, signal: AbortSignal): Promise<void> {
    return follow({
      ...this.#deps,
      signal,
      resource: ROLLOUTS,
      listener: {
        replaced: (objects) => listener.replaced(this.#readable(objects)),
        changed: (object) => {
          for (const rollout of this.#readable([object])) listener.changed(rollout);
        },
        removed: ({ metadata }) => listener.removed(metadata.name),
        ...(listener.lost && { lost: (error) => listener.lost?.(error) }),
      },
    });
  }

  #write(object: KubeObject, limits: WriteLimits): HubWrite {
    return { apiServer: this.#deps.apiServer, resource: ROLLOUTS, object, limits };
  }

  async #whyConflict(id: string, epoch: number, conflict: HubError): Promise<HubError> {
    const present = await this.get(id).catch(() => undefined);
    return present !== undefined && present.epoch > epoch ? superseded(present, epoch) : conflict;
  }

  #readable(objects: readonly KubeObject[]): RolloutRecord[] {
    return objects.flatMap((object) => {
      try {
        return [rolloutRecord(object)];
      } catch (error) {
        if (!isHubError(error, 'unreadable')) throw error;
        this.#deps.logger.error('a rollout of the hub cannot be read and is left alone', { rollout: object.metadata.name });
        return [];
      }
    });
  }
}

function superseded({ id, epoch: newest }: RolloutRecord, epoch: number): HubError {
  return new HubError('superseded', `Rollout ${id} is driven by the leader of epoch ${newest}; this one has ${epoch}`);
}

function ignoreConflict(error: unknown): void {
  if (!isHubError(error, 'conflict')) throw error;
}
