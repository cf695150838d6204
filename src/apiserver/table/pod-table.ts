/** Pods as kubectl shows them. Source: pkg/printers/internalversion/printers.go, printPod. */
import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import { arrayAt, isJsonObject, numberAt, objectAt, stringAt, valueAt } from '../json-value.ts';
import { ageOf } from './age.ts';
import { nameColumn, type TableKind, text, wide } from './table-kind.ts';

export const POD_TABLE: TableKind = {
  columns: [
    nameColumn(),
    text('Ready'),
    text('Status'),
    text('Restarts'),
    text('Age'),
    wide('IP'),
    wide('Node'),
    wide('Nominated Node'),
    wide('Readiness Gates'),
  ],
  cells(pod, nowMs) {
    const { ready, total, status, restarts, lastRestart } = podSummary(pod);
    return [
      pod.metadata.name,
      `${ready}/${total}`,
      status,
      restarts !== 0 && lastRestart !== '' ? `${restarts} (${ageOf(lastRestart, nowMs)} ago)` : String(restarts),
      ageOf(pod.metadata.creationTimestamp, nowMs),
      stringAt(pod, 'status', 'podIPs', 0, 'ip') ?? stringAt(pod, 'status', 'podIP') ?? NONE,
      stringAt(pod, 'spec', 'nodeName') || NONE,
      stringAt(pod, 'status', 'nominatedNodeName') || NONE,
      readinessGates(pod),
    ];
  },
};

const NONE = '<none>';

interface PodSummary {
  readonly ready: number;
  readonly total: number;
  /** The word in kubectl's STATUS column. */
  readonly status: string;
  readonly restarts: number;
  /** RFC 3339; '' when nothing restarted. */
  readonly lastRestart: string;
}

interface Walk {
  reason: string;
  ready: number;
  restarts: number;
  lastRestart: string;
}

function podSummary(pod: KubeObject): PodSummary {
  const phase = stringAt(pod, 'status', 'phase') ?? '';
  const sidecars = restartableInitContainers(pod);
  const walk: Walk = { reason: firstReason(pod, phase), ready: 0, restarts: 0, lastRestart: '' };
  const isInitializing = walkInitContainers(pod, sidecars, walk);
  if (!isInitializing || hasTrueCondition(pod, 'Initialized')) walkContainers(pod, sidecars, walk);
  return {
    ready: walk.ready,
    total: arrayAt(pod, 'spec', 'containers').length + sidecars.size,
    status: terminatingReason(pod, phase) ?? walk.reason,
    restarts: walk.restarts,
    lastRestart: walk.lastRestart,
  };
}

function firstReason(pod: KubeObject, phase: string): string {
  const isGated = statusList(pod, 'conditions').some(
    (condition) => condition['type'] === 'PodScheduled' && condition['reason'] === 'SchedulingGated',
  );
  return isGated ? 'SchedulingGated' : stringAt(pod, 'status', 'reason') || phase;
}

function terminatingReason(pod: KubeObject, phase: string): string | undefined {
  if (pod.metadata.deletionTimestamp === undefined) return undefined;
  if (stringAt(pod, 'status', 'reason') === 'NodeLost') return 'Unknown';
  return phase === 'Succeeded' || phase === 'Failed' ? undefined : 'Terminating';
}

function statusList(pod: KubeObject, list: string): JsonObject[] {
  return arrayAt(pod, 'status', list).filter(isJsonObject);
}

function restartableInitContainers(pod: KubeObject): ReadonlySet<unknown> {
  const containers = arrayAt(pod, 'spec', 'initContainers').filter(isJsonObject);
  return new Set(containers.filter((container) => container['restartPolicy'] === 'Always').map((container) => container['name']));
}

function hasTrueCondition(pod: KubeObject, type: string): boolean {
  return statusList(pod, 'conditions').some((condition) => condition['type'] === type && condition['status'] === 'True');
}

/** Stops at the first init container that is not done; whether there is one. */
function walkInitContainers(pod: KubeObject, sidecars: ReadonlySet<unknown>, walk: Walk): boolean {
  const statuses = statusList(pod, 'initContainerStatuses');
  for (const [at, status] of statuses.entries()) {
    countRestarts(status, walk);
    const terminated = objectAt(status, 'state', 'terminated');
    if (terminated?.['exitCode'] === 0) continue;
    if (sidecars.has(status['name']) && status['started'] === true) {
      if (status['ready'] === true) walk.ready += 1;
      continue;
    }
    walk.reason = `Init:${initReason(status, terminated) ?? `${at}/${arrayAt(pod, 'spec', 'initContainers').length}`}`;
    return true;
  }
  return false;
}

function initReason(status: JsonObject, terminated: JsonObject | undefined): string | undefined {
  if (terminated !== undefined) return terminatedReason(terminated);
  const waiting = stringAt(status, 'state', 'waiting', 'reason');
  return waiting && waiting !== 'PodInitializing' ? waiting : undefined;
}

function terminatedReason(terminated: JsonObject): string {
  const reason = stringAt(terminated, 'reason');
  if (reason) return reason;
  return terminated['signal'] ? `Signal:${String(terminated['signal'])}` : `ExitCode:${String(terminated['exitCode'] ?? 0)}`;
}

function walkContainers(pod: KubeObject, sidecars: ReadonlySet<unknown>, walk: Walk): void {
  Object.assign(walk, { restarts: 0, lastRestart: '' });
  for (const status of statusList(pod, 'initContainerStatuses')) if (sidecars.has(status['name'])) countRestarts(status, walk);
  let hasRunning = false;
  let errorReason = '';
  for (const status of statusList(pod, 'containerStatuses').toReversed()) {
    countRestarts(status, walk);
    const terminated = objectAt(status, 'state', 'terminated');
    const waiting = stringAt(status, 'state', 'waiting', 'reason');
    if (waiting) {
      walk.reason = waiting;
    } else if (terminated !== undefined) {
      walk.reason = terminatedReason(terminated);
      if (terminated['exitCode'] !== 0) errorReason = walk.reason;
    } else if (status['ready'] === true && objectAt(status, 'state', 'running') !== undefined) {
      hasRunning = true;
      walk.ready += 1;
    }
  }
  if (walk.reason === 'Completed') walk.reason = completedReason(hasRunning, hasTrueCondition(pod, 'Ready'), errorReason);
}

/** While one container still runs, a completed one does not make the pod completed. */
function completedReason(hasRunning: boolean, isReady: boolean, errorReason: string): string {
  if (hasRunning && isReady) return 'Running';
  if (errorReason !== '') return errorReason;
  return hasRunning ? 'NotReady' : 'Completed';
}

function countRestarts(status: JsonObject, walk: Walk): void {
  walk.restarts += numberAt(status, 'restartCount') ?? 0;
  const finishedAt = stringAt(status, 'lastState', 'terminated', 'finishedAt') ?? '';
  if (finishedAt > walk.lastRestart) walk.lastRestart = finishedAt;
}

function readinessGates(pod: KubeObject): string {
  const gates = arrayAt(pod, 'spec', 'readinessGates');
  if (gates.length === 0) return NONE;
  const open = gates.filter((gate) => hasTrueCondition(pod, String(valueAt(gate, 'conditionType'))));
  return `${open.length}/${gates.length}`;
}
