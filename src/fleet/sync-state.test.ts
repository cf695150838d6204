import { describe, expect, it } from 'vitest';
import { START } from '../../test/support/an-object.ts';
import { DEPLOYMENTS, NODES, PODS } from '../../test/support/served-kinds.ts';
import type { Failure } from '../informer/failure.ts';
import type { ReflectorStatus } from '../informer/reflector-status.ts';
import type { ClusterSync } from '../model/cluster.ts';
import type { Resource } from '../model/resource.ts';
import { stalenessSeconds } from './staleness.ts';
import { assessSync, differsInKind, type SyncInputs, type WatchedKind } from './sync-state.ts';

const NOW = START + 100_000;
const refused: Failure = { kind: 'connection', reason: 'ConnectionRefused', message: 'connection refused' };
const expired: Failure = { kind: 'credentials', reason: 'TokenExpired', message: 'the token has expired' };
const denied: Failure = { kind: 'rights', reason: 'Forbidden', message: 'not allowed' };
const boom: Failure = { kind: 'server', reason: 'InternalError', message: 'boom' };
const before: ClusterSync = { state: 'LIVE', since: START, resources: [] };

function kind(resource: Resource, change: Partial<ReflectorStatus> = {}): WatchedKind {
  const status: ReflectorStatus = {
    ...{
      state: 'LIVE',
      since: START,
      changedAt: START,
      hasSynced: true,
      listed: 3,
      relists: 0,
      relistReasons: new Map(),
      reconnects: 0,
      unreadable: 0,
    },
    ...change,
  };
  return { resource, status, objects: 3 };
}

const live = [kind(PODS), kind(NODES)];
const away = (at: number) => kind(PODS, { state: 'STALE', failure: refused, staleSince: at });

interface Row {
  readonly name: string;
  readonly inputs: Partial<SyncInputs>;
  readonly sync: Partial<ClusterSync>;
  readonly reviewInMs?: number;
}

const rows: Row[] = [
  { name: 'before the first answer it is CONNECTING', inputs: { contact: { phase: 'connecting' } }, sync: { state: 'CONNECTING' } },
  {
    name: 'a first contact that fails is UNREACHABLE, with the reason',
    inputs: { contact: { phase: 'failed', failure: refused } },
    sync: { state: 'UNREACHABLE', reason: 'ConnectionRefused', message: 'connection refused' },
  },
  {
    name: 'a first contact with refused credentials is UNAUTHORIZED',
    inputs: { contact: { phase: 'failed', failure: expired } },
    sync: { state: 'UNAUTHORIZED', reason: 'TokenExpired' },
  },
  {
    name: 'a first contact that is forbidden is FORBIDDEN',
    inputs: { contact: { phase: 'failed', failure: denied } },
    sync: { state: 'FORBIDDEN' },
  },
  {
    name: 'while a kind has not been listed it is SYNCING',
    inputs: { kinds: [kind(PODS), kind(NODES, { state: 'LISTING', hasSynced: false })] },
    sync: { state: 'SYNCING' },
  },
  { name: 'when all kinds are live it is LIVE, without a reason', inputs: { kinds: live }, sync: { state: 'LIVE' } },
  {
    name: 'a cut connection of one kind concerns the cluster: UNREACHABLE at once',
    inputs: { kinds: [kind(NODES), away(NOW)] },
    sync: { state: 'UNREACHABLE', reason: 'ConnectionRefused', staleSince: NOW },
  },
  {
    name: 'it is stale since the first of its kinds',
    inputs: { kinds: [away(NOW - 5_000), kind(NODES, { state: 'STALE', failure: refused, staleSince: NOW - 9_000 })] },
    sync: { state: 'UNREACHABLE', staleSince: NOW - 9_000 },
  },
  {
    name: 'a kind whose server fails is held back for a moment',
    inputs: { kinds: [kind(PODS, { state: 'STALE', failure: boom, staleSince: NOW - 500 }), kind(NODES)] },
    sync: { state: 'LIVE' },
    reviewInMs: 1_500,
  },
  {
    name: 'then it makes the cluster STALE',
    inputs: { kinds: [kind(PODS, { state: 'STALE', failure: boom, staleSince: NOW - 2_000 }), kind(NODES)] },
    sync: { state: 'STALE', reason: 'InternalError', staleSince: NOW - 2_000 },
  },
  {
    name: 'a cluster that was not LIVE is not called so for a moment',
    inputs: { kinds: [kind(PODS, { state: 'STALE', failure: boom, staleSince: NOW })], previous: { ...before, state: 'SYNCING' } },
    sync: { state: 'STALE' },
  },
  {
    name: 'a cluster that is back and lists what it missed stays UNREACHABLE for a moment',
    inputs: {
      kinds: [kind(PODS, { state: 'LISTING', failure: boom, staleSince: START, changedAt: NOW - 500 }), kind(NODES)],
      previous: { ...before, state: 'UNREACHABLE', reason: 'ConnectionRefused', staleSince: START },
    },
    sync: { state: 'UNREACHABLE', reason: 'ConnectionRefused', staleSince: START },
    reviewInMs: 1_500,
  },
  {
    name: 'then it is STALE until the list is complete',
    inputs: {
      kinds: [kind(PODS, { state: 'LISTING', failure: boom, staleSince: START, changedAt: NOW - 2_000 }), kind(NODES)],
      previous: { ...before, state: 'UNREACHABLE', reason: 'ConnectionRefused', staleSince: START },
    },
    sync: { state: 'STALE', reason: 'InternalError', staleSince: START },
  },
  {
    name: 'a list that takes long leaves the cluster STALE until it is complete',
    inputs: { kinds: [kind(PODS, { state: 'LISTING', staleSince: NOW - 60_000 }), kind(NODES)] },
    sync: { state: 'STALE', staleSince: NOW - 60_000 },
  },
  {
    name: 'one forbidden kind leaves it LIVE and is named',
    inputs: { kinds: [...live, kind(DEPLOYMENTS, { state: 'FORBIDDEN', failure: denied, staleSince: NOW - 60_000 })] },
    sync: {
      state: 'LIVE',
      reason: 'PartlyForbidden',
      message: `not allowed to read deployments.apps since ${new Date(NOW - 60_000).toISOString()}`,
    },
  },
  {
    name: 'nothing but forbidden kinds make it FORBIDDEN',
    inputs: { kinds: [kind(PODS, { state: 'FORBIDDEN', failure: denied, hasSynced: false })] },
    sync: { state: 'FORBIDDEN', reason: 'Forbidden' },
  },
  {
    name: 'a degraded kind leaves it LIVE and is named',
    inputs: { kinds: [kind(PODS, { state: 'DEGRADED', failure: boom }), kind(NODES)] },
    sync: { state: 'LIVE', reason: 'Degraded', message: 'unreadable answers about pods' },
  },
  {
    name: 'a kind that answers 404 is given time to be dropped',
    inputs: { kinds: [kind(PODS, { state: 'GONE', since: NOW - 10_000, staleSince: NOW - 10_000 }), kind(NODES)] },
    sync: { state: 'LIVE' },
    reviewInMs: 5_000,
  },
  {
    name: 'a kind that answers 404 while discovery still names it makes it STALE',
    inputs: { kinds: [kind(PODS, { state: 'GONE', since: NOW - 15_000, staleSince: NOW - 15_000 }), kind(NODES)] },
    sync: { state: 'STALE' },
  },
  {
    name: 'a cluster that is STALE for such a kind stays so',
    inputs: { kinds: [kind(PODS, { state: 'GONE', staleSince: START })], previous: { ...before, state: 'STALE' } },
    sync: { state: 'STALE', staleSince: START },
  },
  {
    name: 'another way to the same cluster is DISABLED',
    inputs: { contact: { phase: 'duplicate', of: 'first' } },
    sync: { state: 'DISABLED', reason: 'SameCluster' },
  },
];

function assess(inputs: Partial<SyncInputs>) {
  return assessSync({
    contact: { phase: 'made' },
    kinds: [],
    previous: before,
    now: NOW,
    holdBackMs: 2_000,
    goneAfterMs: 15_000,
    ...inputs,
  });
}

describe('how true the copy of a cluster is', () => {
  it.each(rows)('$name', ({ inputs, sync, reviewInMs }) => {
    const assessed = assess(inputs);
    expect(assessed.sync).toMatchObject(sync);
    expect(assessed.reviewInMs).toBe(reviewInMs);
    expect('staleSince' in assessed.sync).toBe(sync.staleSince !== undefined || assessed.sync.state === 'STALE');
    if (sync.reason === undefined && sync.state === 'LIVE') expect(assessed.sync).not.toHaveProperty('reason');
  });

  it('counts its state from the moment it was entered', () => {
    expect(assess({ kinds: live }).sync.since).toBe(START);
    expect(assess({ kinds: [away(NOW)] }).sync.since).toBe(NOW);
  });

  it('shows the last event of any kind', () => {
    const kinds = [kind(PODS, { lastEventAt: NOW - 5 }), kind(NODES, { lastEventAt: NOW - 9 })];
    expect(assess({ kinds }).sync.lastEventAt).toBe(NOW - 5);
    expect(assess({ kinds: live, previous: { ...before, lastEventAt: 7 } }).sync.lastEventAt).toBe(7);
  });

  it('cuts texts of clusters', () => {
    const failure = { ...refused, message: 'x'.repeat(5_000) };
    expect(assess({ contact: { phase: 'failed', failure } }).sync.message).toHaveLength(300);
  });

  it('counts and times are no difference in kind; states, reasons and versions are', () => {
    const one = assess({ kinds: live }).sync;
    expect(differsInKind(one, assess({ kinds: [kind(PODS, { lastEventAt: 5, relists: 3, reconnects: 2 }), kind(NODES)] }).sync)).toBe(
      false,
    );
    expect(differsInKind(one, assess({ kinds: [kind(PODS)] }).sync)).toBe(true);
    expect(differsInKind(one, assess({ kinds: [kind({ ...PODS, version: 'v2' }), kind(NODES)] }).sync)).toBe(true);
    expect(differsInKind(one, assess({ kinds: [away(NOW), kind(NODES)] }).sync)).toBe(true);
    const { staleSince: _, ...ageless } = assess({ kinds: [away(NOW), kind(NODES)] }).sync;
    expect(differsInKind(ageless, { ...ageless, staleSince: NOW })).toBe(true);
    expect(differsInKind({ ...ageless, staleSince: START }, { ...ageless, staleSince: NOW })).toBe(false);
  });
});

it('a live copy is 0 s old, a stale one as old as it is', () => {
  expect(stalenessSeconds(before, NOW)).toBe(0);
  expect(stalenessSeconds({ ...before, state: 'STALE', staleSince: NOW - 1_500 }, NOW)).toBe(1.5);
  expect(stalenessSeconds({ ...before, state: 'STALE', staleSince: NOW + 1_500 }, NOW)).toBe(0);
});
