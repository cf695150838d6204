import type { Failure, FailureKind } from '../informer/failure.ts';
import type { ReflectorStatus } from '../informer/reflector-status.ts';
import type { ClusterSync, ResourceSync, SyncState } from '../model/cluster.ts';
import { apiVersionOf, type GroupResource, groupResourceOf, type Resource } from '../model/resource.ts';

/** One watched kind, as it is now. */
export interface WatchedKind {
  readonly resource: Resource;
  readonly status: ReflectorStatus;
  /** Records held. */
  readonly objects: number;
}

/** What contact with the cluster as such has come to. */
export type Contact =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'made' }
  /** Never made so far. */
  | { readonly phase: 'failed'; readonly failure: Failure }
  /** Another registered cluster is this one. */
  | { readonly phase: 'duplicate'; readonly of: string };

export interface SyncInputs {
  readonly contact: Contact;
  readonly kinds: readonly WatchedKind[];
  readonly previous: ClusterSync;
  /** Wall time. */
  readonly now: number;
  readonly holdBackMs: number;
  readonly goneAfterMs: number;
}

export interface SyncAssessment {
  readonly sync: ClusterSync;
  /** Look again after this time: something that is not shown yet may have to be. */
  readonly reviewInMs?: number;
}

interface Verdict {
  readonly state: SyncState;
  readonly reason?: string;
  readonly message?: string;
  readonly staleSince?: number;
  readonly reviewInMs?: number;
}

/** Texts of clusters are shown to people: this much of them. */
const MAX_MESSAGE = 300;

/** How true our copy of a cluster is, from how its parts are doing. */
export function assessSync(inputs: SyncInputs): SyncAssessment {
  const { state, reason, message, staleSince, reviewInMs } = judge(inputs);
  const lastEventAt = latest(inputs.kinds.map((kind) => kind.status.lastEventAt)) ?? inputs.previous.lastEventAt;
  const sync: ClusterSync = {
    state,
    since: state === inputs.previous.state ? inputs.previous.since : inputs.now,
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && message !== '' && { message: message.slice(0, MAX_MESSAGE) }),
    ...(lastEventAt !== undefined && { lastEventAt }),
    ...(staleSince !== undefined && { staleSince }),
    resources: inputs.kinds.map(resourceSyncOf),
  };
  return { sync, ...(reviewInMs !== undefined && { reviewInMs }) };
}

/** Whether the two differ in more than counts, times and texts. That there is an age to tell is no mere time. */
export function differsInKind(a: ClusterSync, b: ClusterSync): boolean {
  return essence(a) !== essence(b);
}

/** The first rule that applies. The order is that of how much of the cluster is concerned. */
function judge(inputs: SyncInputs): Verdict {
  return judgeContact(inputs) ?? judgeTrouble(inputs) ?? judgeProgress(inputs) ?? judgeStaleness(inputs) ?? judgeHealth(inputs);
}

function judgeContact({ contact, kinds }: SyncInputs): Verdict | undefined {
  switch (contact.phase) {
    case 'connecting':
      return kinds.length === 0 ? { state: 'CONNECTING' } : undefined;
    case 'failed':
      return kinds.length === 0 ? failed(STATE_AFTER[contact.failure.kind] ?? 'UNREACHABLE', contact.failure) : undefined;
    case 'duplicate':
      return { state: 'DISABLED', reason: 'SameCluster', message: `this is the cluster that is registered as ${contact.of}` };
    case 'made':
      return undefined;
  }
}

const STATE_AFTER: Partial<Record<FailureKind, SyncState>> = { credentials: 'UNAUTHORIZED', rights: 'FORBIDDEN' };

/** Credentials and the connection are shared by all kinds: what one of them meets concerns the cluster. */
function judgeTrouble({ kinds }: SyncInputs): Verdict | undefined {
  const unauthorized = kinds.find(({ status }) => status.state === 'UNAUTHORIZED');
  if (unauthorized !== undefined) return failed('UNAUTHORIZED', unauthorized.status.failure, earliestLoss(kinds));
  const cut = kinds.find(({ status }) => isWaiting(status) && status.failure?.kind === 'connection');
  if (cut !== undefined) return failed('UNREACHABLE', cut.status.failure, earliestLoss(kinds));
  const forbidden = kinds.filter(({ status }) => status.state === 'FORBIDDEN');
  if (forbidden.length > 0 && forbidden.length === kinds.length)
    return failed('FORBIDDEN', forbidden[0]?.status.failure, earliestLoss(kinds));
  return undefined;
}

function judgeProgress({ kinds }: SyncInputs): Verdict | undefined {
  const unsynced = kinds.filter(({ status }) => !status.hasSynced && isExpected(status));
  if (kinds.length > 0 && unsynced.length === 0) return undefined;
  const failure = unsynced.find(({ status }) => status.failure !== undefined)?.status.failure;
  return failed('SYNCING', failure, earliestLoss(kinds));
}

function judgeStaleness(inputs: SyncInputs): Verdict | undefined {
  const { kinds, previous, now } = inputs;
  const stale = kinds.filter(({ status }) => status.staleSince !== undefined && isExpected(status));
  if (previous.state === 'UNREACHABLE' && stale.length > 0) {
    // Back, and catching up: that is mostly a matter of moments, not worth a state of its own.
    const waitUntil = Math.max(...stale.map(({ status }) => status.changedAt)) + inputs.holdBackMs;
    if (now < waitUntil) {
      const staleSince = previous.staleSince ?? earliestLoss(stale);
      return { ...asBefore(previous), ...(staleSince !== undefined && { staleSince }), reviewInMs: waitUntil - now };
    }
  }
  const dueInMs = (kind: WatchedKind) => shownAt(kind, inputs) - now;
  const mayWait = (kind: WatchedKind) => previous.state === 'LIVE' || kind.status.state === 'GONE';
  const due = stale.filter((kind) => dueInMs(kind) <= 0 || !mayWait(kind));
  if (due.length > 0) return failed('STALE', due.find(({ status }) => status.failure !== undefined)?.status.failure, earliestLoss(due));
  if (stale.length === 0) return undefined;
  return { ...judgeHealth({ kinds }), reviewInMs: Math.min(...stale.map(dueInMs)) };
}

function asBefore({ state, reason, message, staleSince }: ClusterSync): Verdict {
  return {
    state,
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
    ...(staleSince !== undefined && { staleSince }),
  };
}

/** Short troubles of one kind are held back; a kind that vanishes is given time to be confirmed and dropped. */
function shownAt({ status }: WatchedKind, { now, holdBackMs, goneAfterMs }: SyncInputs): number {
  return status.state === 'GONE' ? status.since + goneAfterMs : (status.staleSince ?? now) + holdBackMs;
}

function judgeHealth({ kinds }: Pick<SyncInputs, 'kinds'>): Verdict {
  const forbidden = kinds.filter(({ status }) => status.state === 'FORBIDDEN').map(forbiddenKind);
  if (forbidden.length > 0) return { state: 'LIVE', reason: 'PartlyForbidden', message: `not allowed to read ${forbidden.join(', ')}` };
  const degraded = kinds.filter(({ status }) => status.state === 'DEGRADED').map(({ resource }) => groupResourceOf(resource));
  if (degraded.length > 0) return { state: 'LIVE', reason: 'Degraded', message: `unreadable answers about ${degraded.join(', ')}` };
  return { state: 'LIVE' };
}

/** What was read before the right was taken is still held: as old as this says. */
function forbiddenKind({ resource, status: { staleSince } }: WatchedKind): string {
  const name = groupResourceOf(resource);
  return staleSince === undefined ? name : `${name} since ${new Date(staleSince).toISOString()}`;
}

function failed(state: SyncState, failure: Failure | undefined, staleSince?: number): Verdict {
  return {
    state,
    ...(failure !== undefined && { reason: failure.reason, message: failure.message }),
    ...(staleSince !== undefined && { staleSince }),
  };
}

/** A kind that we may not read is no reason to call the cluster unsynced or stale. One that is gone is, until discovery agrees. */
function isExpected({ state }: ReflectorStatus): boolean {
  return state !== 'FORBIDDEN';
}

function isWaiting({ state }: ReflectorStatus): boolean {
  return state === 'STALE' || state === 'CONNECTING';
}

function earliestLoss(kinds: readonly WatchedKind[]): number | undefined {
  const losses = kinds.flatMap(({ status }) => (isExpected(status) ? (status.staleSince ?? []) : []));
  return losses.length === 0 ? undefined : Math.min(...losses);
}

function latest(instants: readonly (number | undefined)[]): number | undefined {
  const known = instants.filter((instant) => instant !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function resourceSyncOf({ resource, status, objects }: WatchedKind): ResourceSync {
  return {
    resource: groupResourceOf(resource),
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    state: status.state,
    objects,
    relists: status.relists,
    reconnects: status.reconnects,
    ...(status.lastError !== undefined && { lastError: status.lastError.slice(0, MAX_MESSAGE) }),
  };
}

function essence({ state, reason, staleSince, resources }: ClusterSync): string {
  const kinds = resources.map(({ resource, apiVersion, state: kindState }): [GroupResource, string, string] => [
    resource,
    apiVersion,
    kindState,
  ]);
  return JSON.stringify([state, reason ?? '', staleSince !== undefined, kinds]);
}
