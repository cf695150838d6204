import { compareResourceVersions } from '../model/resource-version.ts';
import { revisionKeyOf } from '../status/revisions.ts';
import type { RolloutObservation } from './events.ts';
import { isMarkerOf } from './marker.ts';
import type { RolloutPhase, RolloutState } from './state.ts';

/**
 * What an observation is good for. Only a `fresh` one decides anything; `changed` says that somebody wrote the
 * spec since, which a read has to explain first.
 */
export type Freshness = 'fresh' | 'stale' | 'unobserved' | 'changed' | 'other-object';

export function freshnessOf({ spec, status }: RolloutState, observation: RolloutObservation): Freshness {
  if (observation.uid !== spec.target.uid) return 'other-object';
  if (!observation.isLive && observation.ageMs > spec.patience.maxStalenessMs) return 'stale';
  const { applied } = status;
  if (applied === undefined) return 'unobserved';
  if (observation.generation > applied.generation) return 'changed';
  const order = compareResourceVersions(observation.resourceVersion, applied.resourceVersion);
  if (observation.generation < applied.generation || (order !== undefined && order < 0)) return 'unobserved';
  if (observation.observedGeneration < observation.generation) return 'unobserved';
  return isBound({ spec, status }, observation) ? 'fresh' : 'unobserved';
}

/** The counts are those of the revision that our template became, not of the one before. */
function isBound({ spec, status }: Pick<RolloutState, 'spec' | 'status'>, { updateRevision }: RolloutObservation): boolean {
  if (updateRevision === undefined) return false;
  const key = revisionKeyOf(updateRevision);
  if (status.applied?.shape === 'ORIGINAL') return status.revision === undefined || key !== revisionKeyOf(status.revision);
  if (status.revision !== undefined) return key === revisionKeyOf(status.revision);
  return spec.original.revision === undefined || key !== revisionKeyOf(spec.original.revision);
}

const LABELLED: ReadonlySet<RolloutPhase> = new Set(['RUNNING', 'WAITING', 'PAUSED']);

/** Our label is not there any more, by a copy no older than what we wrote last: a read tells who has the object. */
export function isLabelGone({ spec, status }: RolloutState, observation: RolloutObservation): boolean {
  if (status.marker === undefined || !LABELLED.has(status.phase)) return false;
  if (observation.uid !== spec.target.uid || !observation.isLive || isMarkerOf(spec.runId, observation.marker)) return false;
  const last = status.intents.findLast(({ applied }) => applied !== undefined)?.applied;
  const order = last && compareResourceVersions(observation.resourceVersion, last.resourceVersion);
  return order === undefined || order >= 0;
}
