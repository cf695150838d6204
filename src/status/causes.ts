import { CAUSE_CODES, type Cause, type CauseCode, type CauseSource, exampleOf, MAX_EXAMPLES } from './cause.ts';
import type { CreationFailure } from './creation-failure.ts';
import type { Observation } from './observation.ts';
import { isNodeDown } from './pod-class.ts';
import { type PodTrouble, wasReady } from './pod-trouble.ts';
import { clauseOf, isOutOfReach, podsText } from './trouble-text.ts';

/** A cause and what its pods do, for the sentence about the whole workload. */
export interface RankedCause {
  readonly cause: Cause;
  /** How many of its pods are at the target revision. */
  readonly updated: number;
  readonly clause: string;
}

/**
 * What holds the workload up, most likely first: what explains the most (an image that cannot be pulled
 * says more than a pod that is not ready), on updated pods before others, on many before few.
 */
export function rankCauses(observation: Observation, troubles: readonly PodTrouble[], failure?: CreationFailure): readonly RankedCause[] {
  const causes = [...Map.groupBy(troubles, (trouble) => trouble.code)].map(([code, group]) => podCause(code, group, observation));
  if (failure !== undefined) causes.push(failureCause(failure, observation));
  return causes.sort(byLikelihood);
}

/** Nothing is wrong with any pod, and yet nothing has moved. */
export function standstillCause(observation: Observation, since: number): RankedCause {
  const { workload, updated, target } = observation;
  const count = Math.max(1, target - updated, workload.replicas.desired - observation.active);
  const cause: Cause = {
    code: 'ProgressDeadlineExceeded',
    message: 'Nothing has moved for longer than the deadline, and no pod shows why. Is the controller running?',
    count,
    since,
    examples: [],
    attributedTo: 'UNKNOWN',
  };
  return { cause, updated: 0, clause: 'nothing has moved for longer than the deadline' };
}

function podCause(code: CauseCode, troubles: readonly PodTrouble[], observation: Observation): RankedCause {
  const sorted = troubles.toSorted((a, b) => Number(b.observed.updated) - Number(a.observed.updated) || compareNames(a, b));
  const clause = clauseOf(code, sorted);
  const cause: Cause = {
    code,
    message: `${podsText(troubles.length)} ${clause}`,
    count: troubles.length,
    since: troubles.reduce((earliest, trouble) => Math.min(earliest, trouble.since), Number.POSITIVE_INFINITY),
    examples: sorted.slice(0, MAX_EXAMPLES).map(({ observed }) => exampleOf(observed.pod)),
    attributedTo: attribution(code, troubles, observation),
  };
  return { cause, updated: troubles.filter(({ observed }) => observed.updated).length, clause };
}

function failureCause(failure: CreationFailure, { workload, active, updated, target }: Observation): RankedCause {
  const count = Math.max(1, workload.replicas.desired - active, target - updated);
  const { code, text, since, attributedTo } = failure;
  const message = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return {
    cause: { code, message, count, ...(since !== undefined && { since }), examples: [], attributedTo },
    updated: count,
    clause: text,
  };
}

function attribution(code: CauseCode, troubles: readonly PodTrouble[], observation: Observation): CauseSource {
  switch (code) {
    case 'NodeDown':
      return 'ENVIRONMENT';
    case 'HookBlocked':
    case 'SchedulingGated':
      return 'POLICY';
    case 'TerminatingStuck':
      return troubles.every(({ observed }) => isNodeDown(observed.node)) ? 'ENVIRONMENT' : 'UNKNOWN';
    case 'Unschedulable':
      return troubles.some(lacksResources) ? 'ENVIRONMENT' : 'UNKNOWN';
    case 'ImagePull':
      return troubles.some(cannotReachRegistry) ? 'ENVIRONMENT' : releaseOrUnknown(troubles, observation);
    case 'CrashLoop':
    case 'ConfigError':
    case 'NotReady':
    case 'InPlaceUpdateStalled':
      return releaseOrUnknown(troubles, observation);
    default:
      return 'UNKNOWN';
  }
}

/** The release is to blame when only new pods are broken, and either there are old ones to compare with or these never worked. */
function releaseOrUnknown(troubles: readonly PodTrouble[], { old }: Observation): CauseSource {
  const onlyNew = troubles.every(({ observed }) => observed.updated);
  return onlyNew && (old > 0 || troubles.every(({ observed }) => !wasReady(observed.pod))) ? 'RELEASE' : 'UNKNOWN';
}

function lacksResources({ observed }: PodTrouble): boolean {
  return observed.pod.unscheduled?.message?.includes('Insufficient ') ?? false;
}

function cannotReachRegistry({ observed }: PodTrouble): boolean {
  return observed.pod.containers.some(
    ({ state, message }) => state === 'waiting' && message !== undefined && isOutOfReach(message.toLowerCase()),
  );
}

function byLikelihood(a: RankedCause, b: RankedCause): number {
  return (
    Number(isVague(a)) - Number(isVague(b)) ||
    Number(b.updated > 0) - Number(a.updated > 0) ||
    b.cause.count - a.cause.count ||
    CAUSE_CODES.indexOf(a.cause.code) - CAUSE_CODES.indexOf(b.cause.code)
  );
}

/** It tells that something is wrong and not what. */
function isVague({ cause }: RankedCause): boolean {
  return cause.code === 'NotReady' || cause.code === 'TerminatingStuck' || cause.code === 'ProgressDeadlineExceeded';
}

function compareNames(a: PodTrouble, b: PodTrouble): number {
  const [left, right] = [a.observed.pod.name, b.observed.pod.name];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
